import type { ObjectId } from '../../format/object-reference.ts';
import type { PackCodec } from '../../pack/pack-codec.ts';

/** Id of the snapshot that takes another one's place: the same for the same repair, so that one that was cut short goes on with the record it wrote. */
export function repairedSnapshotId({ identity }: Pick<PackCodec, 'identity'>, id: string, rootId: ObjectId): string {
  return identity.identify(Buffer.from(`repaired snapshot ${id} ${rootId}`)).slice(0, id.length);
}
