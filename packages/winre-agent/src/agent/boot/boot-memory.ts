import { join } from 'node:path';
import { instantSchema } from '@winre-kit/sdk';
import { z } from 'zod';
import { jsonFile, type JsonFile } from '../../platform/json-file.ts';
import { retentionMemorySchema, type RetentionMemory } from '../restore/retention-memory.ts';

const remediationSchema = z.strictObject({ state: z.enum(['test-passed', 'test-failed']), observedAt: instantSchema, detail: z.string() });

/** Small facts that outlive a restart. */
export interface BootMemory {
  /** Boot checks that failed in a row. */
  readonly failures: JsonFile<{ count: number }>;
  /** The recovery key that the gateway has certainly put into escrow. */
  readonly escrowedKey: JsonFile<{ keyId: string }>;
  /** Under which terms restore points were taken. */
  readonly retention: JsonFile<RetentionMemory>;
  /** What the test mode of native remediation said last. */
  readonly remediation: JsonFile<z.infer<typeof remediationSchema>>;
}

export function openBootMemory(stateFolder: string): BootMemory {
  return {
    failures: jsonFile(join(stateFolder, 'boot-failures.json'), z.strictObject({ count: z.int().nonnegative() }), 'boot failures'),
    escrowedKey: jsonFile(join(stateFolder, 'escrowed-key.json'), z.strictObject({ keyId: z.string().min(1) }), 'escrowed key'),
    retention: jsonFile(join(stateFolder, 'retention.json'), retentionMemorySchema, 'terms of retention'),
    remediation: jsonFile(join(stateFolder, 'remediation.json'), remediationSchema, 'remediation outcome'),
  };
}
