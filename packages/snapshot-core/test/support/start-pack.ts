import type { ObjectKind } from '../../src/format/object-reference.ts';
import type { PackManifest } from '../../src/format/pack-manifest.ts';
import { MemoryBody } from '../../src/pack/memory-body.ts';
import { PackBuilder } from '../../src/pack/pack-builder.ts';
import type { PackCodec } from '../../src/pack/pack-codec.ts';

/** A finished pack: write the parts one after the other under the manifest's name. */
export interface BuiltPack {
  readonly manifest: PackManifest;
  readonly parts: readonly Uint8Array[];
}

/** Starts a pack in memory that is not stored anywhere. */
export function startPack(kind: ObjectKind, salt: Uint8Array, codec: PackCodec): { readonly builder: PackBuilder; readonly finish: () => BuiltPack } {
  let stored: readonly Uint8Array[] = [];
  const body = new MemoryBody((_, parts) => {
    stored = parts;
    return Promise.resolve();
  });
  const builder = new PackBuilder(kind, salt, codec, body);
  return {
    builder,
    finish: () => {
      const manifest = builder.finish();
      void body.store(manifest.name);
      return { manifest, parts: stored };
    },
  };
}
