import type { CutMark } from '../../format/object-reference.ts';
import type { ChunkProfileName } from '../../format/repository-config.ts';

const maxGroupBytes = 1_048_576;

/** Low bits of an id's last byte that are zero in a group's last chunk: groups of about half a MiB, whatever the profile. */
const endBits = { small: 6, volume: 3, large: 1 } as const satisfies Record<ChunkProfileName, number>;

/**
 * Says where fingerprint groups end while chunks go by. The answer follows from ids, lengths and cuts alone, so that groups
 * meet again after a shift.
 *
 * @see docs/design/repository-format.md#fingerprint-groups
 */
export class GroupRule {
  readonly #mask: number;
  #bytes = 0;

  constructor(profile: ChunkProfileName) {
    this.#mask = (1 << endBits[profile]) - 1;
  }

  /** Bytes of the open group; 0 between groups. */
  get openBytes(): number {
    return this.#bytes;
  }

  /** Takes the next chunk. @returns the length of the group it completes, or 0 */
  add(lastIdByte: number, lengthBytes: number, cut: CutMark): number {
    if (cut !== 'content') {
      this.#bytes = 0;
      return 0;
    }
    this.#bytes += lengthBytes;
    if ((lastIdByte & this.#mask) !== 0 && this.#bytes < maxGroupBytes) return 0;
    const groupBytes = this.#bytes;
    this.#bytes = 0;
    return groupBytes;
  }
}

/** Longest group there can be with chunks of at most this length. */
export function longestGroupBytes(maxChunkBytes: number): number {
  return maxGroupBytes - 1 + maxChunkBytes;
}
