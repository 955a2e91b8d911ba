import type * as BlakeHash from '@napi-rs/blake-hash';
import { bytesOfHex } from './bytes-of-hex.ts';
import type { Identity } from './identity.ts';

type NativeModule = Pick<typeof BlakeHash, 'Blake3Hasher'>;

/** Loaded and checked once. */
let loading: Promise<NativeModule | undefined> | undefined;

/** BLAKE3 by the native add-on, or nothing where it has no build for this machine, or computes wrong. */
export async function loadNativeBlake3(key?: Uint8Array): Promise<Identity | undefined> {
  const module = await (loading ??= loadModule());
  if (!module) return undefined;
  const keyCopy = Buffer.from(key ?? []);
  const createHasher = () => (key ? module.Blake3Hasher.newKeyed(keyCopy) : new module.Blake3Hasher());
  const hasher = createHasher();
  // Hexadecimal out of a reused hasher: every Buffer that the add-on creates costs about 1.5 µs, a new hasher 10 µs.
  const identify = (bytes: Uint8Array): string => {
    hasher.reset();
    return hasher.update(bytes).digest();
  };
  return {
    name: 'blake3',
    keyed: key !== undefined,
    implementation: 'native',
    identify,
    digest: (bytes) => bytesOfHex(identify(bytes)),
    create() {
      const own = createHasher();
      return {
        update: (bytes) => void own.update(bytes),
        digest: () => bytesOfHex(own.digest()),
      };
    },
  };
}

async function loadModule(): Promise<NativeModule | undefined> {
  try {
    const module = await import('@napi-rs/blake-hash');
    return computesRight(module) ? module : undefined;
  } catch {
    // Any failure to load means the same: there is no add-on here, and WebAssembly serves.
    return undefined;
  }
}

/** Long enough to go through the add-on's widest SIMD path, chosen by the processor it finds; the digest is from BLAKE3's published test vectors. */
function computesRight({ Blake3Hasher }: NativeModule): boolean {
  const pattern = Uint8Array.from({ length: 31_744 }, (_, index) => index % 251);
  return new Blake3Hasher().update(pattern).digest() === '62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47';
}
