import { RecoveryError } from '@winre-kit/sdk';
import type { PlannedPrecheck } from './precheck.ts';

/** Runs a signature check and states its outcome. The device checks again before anything runs. */
export async function judgePayloadTrusted(verify: () => Promise<void>, observedAt: string): Promise<PlannedPrecheck> {
  const id = 'payload-trusted';
  try {
    await verify();
    return { id, state: 'met', observedAt, evidence: 'signed for this tenant by a trusted key, unaltered, not expired, not revoked' };
  } catch (error) {
    if (RecoveryError.isInstance(error) && error.code === 'untrusted-payload') return { id, state: 'unmet', observedAt, evidence: error.message };
    throw error;
  }
}
