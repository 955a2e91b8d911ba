import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { operationKeySchema, SecretValue } from '@winre-kit/sdk';
import { z } from 'zod';
import { jsonFile } from '../../platform/json-file.ts';

const schema = z.strictObject({ operationKey: operationKeySchema, token: z.string().min(16) });

/**
 * The token with which a device that is being rebuilt enrols again. It has to outlive restarts, so it lies in the state folder, mode 0600, from
 * before the volume is emptied until it was used. It serves this hardware and this operation only.
 */
export interface ContinuityTokenFile {
  save(operationKey: string, token: SecretValue): Promise<void>;
  read(operationKey: string): Promise<SecretValue | undefined>;
  remove(): Promise<void>;
}

export function continuityTokenFile(stateFolder: string): ContinuityTokenFile {
  const path = join(stateFolder, 'continuity-token.json');
  const file = jsonFile(path, schema, 'continuity token');
  return {
    save: (operationKey, token) => file.write({ operationKey, token: token.reveal() }),
    async read(operationKey) {
      const kept = await file.read();
      return kept?.operationKey === operationKey ? new SecretValue(kept.token) : undefined;
    },
    remove: () => rm(path, { force: true }),
  };
}
