import { SnapshotError } from '../errors/snapshot-error.ts';
import { deltaLimits } from './delta-format.ts';
import type { BaseRange } from './frame-dictionary.ts';
import type { RegionRecord } from './region-record.ts';

/**
 * The old ranges of each frame's literals, in order: what its dictionary is made of. Pure.
 *
 * @throws {SnapshotError} `format/damaged` when a literal lies in two frames, literals and frames do not have the same length, or a dictionary is too large
 */
export function assignLiterals({ instructions, frames }: RegionRecord, what: string): BaseRange[][] {
  const damaged = (reason: string): SnapshotError => new SnapshotError('format/damaged', `${what} is damaged: ${reason}`);
  const ranges: BaseRange[][] = frames.map(() => []);
  let frame = -1;
  let left = 0;
  let dictionaryBytes = 0;
  for (const instruction of instructions) {
    if (instruction.kind !== 'literal') continue;
    if (left === 0) {
      frame++;
      left = frames[frame]?.plainBytes ?? 0;
      dictionaryBytes = 0;
    }
    if (instruction.lengthBytes > left) throw damaged('a literal reaches beyond its frame');
    left -= instruction.lengthBytes;
    dictionaryBytes += instruction.oldBytes;
    if (dictionaryBytes > deltaLimits.dictionaryBytes) throw damaged('a dictionary is larger than any release makes');
    if (instruction.oldBytes > 0) ranges[frame]?.push({ oldOffset: instruction.oldOffset, oldBytes: instruction.oldBytes });
  }
  if (left !== 0 || frame !== frames.length - 1) throw damaged('its literals do not fill its frames');
  return ranges;
}
