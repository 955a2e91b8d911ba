import { scrypt, timingSafeEqual } from 'node:crypto';
import { readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { RecoveryError, SecretValue, toHex } from '@winre-kit/sdk';
import { z } from 'zod';
import { jsonFile } from '../json-file.ts';
import type { RecoveryVolume } from '../recovery-volume.ts';
import { recoveryPasswordFrom } from '../recovery-password.ts';

const encryptionSchema = z.strictObject({
  locked: z.boolean(),
  protectors: z.array(z.strictObject({ keyId: z.string(), salt: z.hex(), hash: z.hex() })),
});

/** A folder that behaves like an encrypted volume. `lock` and `unlockAtBoot` are what firmware and TPM do. */
export interface SimulatedVolume extends RecoveryVolume {
  /** Does nothing to a volume that is not encrypted. */
  lock(): Promise<void>;
  unlockAtBoot(): Promise<void>;
}

/** @param machineFolder keeps lock state and the scrypt hashes of recovery keys, outside the volume */
export function createSimulatedVolume(settings: {
  readonly volumeId: string;
  readonly folder: string;
  readonly encrypted: boolean;
  readonly machineFolder: string;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
}): SimulatedVolume {
  const { volumeId, folder, encrypted, randomBytes } = settings;
  const file = jsonFile(join(settings.machineFolder, 'encryption.json'), encryptionSchema, 'volume encryption state');
  const read = async (): Promise<z.infer<typeof encryptionSchema>> => (await file.read()) ?? { locked: false, protectors: [] };
  const setLocked = async (locked: boolean): Promise<void> => {
    const state = await read();
    if (encrypted && state.locked !== locked) await file.write({ ...state, locked });
  };
  const root = async (): Promise<string> => {
    if (encrypted && (await read()).locked) {
      throw new RecoveryError('failed-precondition', `volume ${volumeId} is locked: release its recovery key to this session first`, { facts: { unmet: ['volume-unlocked'] } });
    }
    return folder;
  };

  return {
    volumeId,
    mountPoint: folder,
    restoreUnsupported: undefined,
    root,
    async status() {
      const { locked, protectors } = await read();
      const space = await statfs(folder).catch(() => undefined);
      return { volumeId, encrypted, locked: encrypted && locked, recoveryKeyIds: protectors.map(({ keyId }) => keyId), freeBytes: space && space.bavail * space.bsize };
    },
    async unlock(recoveryKey) {
      const { protectors } = await read();
      for (const { salt, hash } of protectors) {
        const actual = await hashOf(recoveryKey, Buffer.from(salt, 'hex'));
        if (timingSafeEqual(actual, Buffer.from(hash, 'hex'))) return setLocked(false);
      }
      throw new RecoveryError('permission-denied', `no recovery key of volume ${volumeId} has the given value: fetch the key that is escrowed for it`);
    },
    async empty() {
      // Formatting needs no key: a locked volume can be emptied, and what it becomes has no key yet.
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
      if (encrypted) await file.write({ locked: false, protectors: [] });
    },
    async addRecoveryKey() {
      const state = await read();
      const key = new SecretValue(recoveryPasswordFrom(randomBytes(16)));
      const salt = Buffer.from(randomBytes(16));
      const keyId = toHex(randomBytes(16));
      const hash = await hashOf(key, salt);
      await file.write({ ...state, protectors: [...state.protectors, { keyId, salt: salt.toString('hex'), hash: hash.toString('hex') }] });
      return { keyId, key };
    },
    async keepOnlyRecoveryKey(keyId) {
      const state = await read();
      const kept = state.protectors.filter((protector) => protector.keyId === keyId);
      if (kept.length === 0) throw new RecoveryError('not-found', `volume ${volumeId} has no recovery key ${keyId}`);
      if (kept.length !== state.protectors.length) await file.write({ ...state, protectors: kept });
    },
    lock: () => setLocked(true),
    unlockAtBoot: () => setLocked(false),
  };
}

async function hashOf(key: SecretValue, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => scrypt(key.reveal(), salt, 32, (error, hash) => (error ? reject(error) : resolve(hash))));
}
