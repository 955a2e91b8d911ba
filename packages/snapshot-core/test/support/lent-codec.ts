import { sealOf } from '../../src/format/sealed-file.ts';
import { createPackCodec, type PackCodec } from '../../src/pack/pack-codec.ts';

/** A codec whose ids all start with the same bytes: to the index, which looks at eight, every object is a candidate for every other. */
export async function createCollidingCodec(commonBytes: number): Promise<PackCodec> {
  const codec = await createPackCodec({ repositoryId: 'ab'.repeat(16), hash: 'sha-256', compression: 'none' });
  const digest = (bytes: Uint8Array): Uint8Array => {
    const id = new Uint8Array(sealOf(bytes));
    return id.fill(7, 0, commonBytes);
  };
  const identify = (bytes: Uint8Array): string => Buffer.from(digest(bytes)).toString('hex');
  return { ...codec, identity: { ...codec.identity, digest, identify } };
}
