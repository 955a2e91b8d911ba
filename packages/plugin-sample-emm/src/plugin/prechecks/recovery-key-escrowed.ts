import type { EscrowStatus } from '@winre-kit/sdk';
import type { PlannedPrecheck } from './precheck.ts';

/** Which key is wanted: that of a volume, or any; a volume that is not encrypted needs none. */
interface WantedKey {
  readonly volumeId?: string;
  readonly encrypted?: 'yes' | 'no' | 'unknown';
}

/** Met when the EMM holds the wanted recovery key. */
export function judgeKeyEscrowed(status: EscrowStatus, { volumeId, encrypted }: WantedKey): PlannedPrecheck {
  const id = 'recovery-key-escrowed';
  const { observedAt } = status;
  if (encrypted === 'no') return { id, state: 'met', observedAt, evidence: 'the device says its volume is not encrypted, so it has no recovery key' };
  const held = status.volumes.filter((volume) => volumeId === undefined || volume.volumeId === volumeId);
  const [latest] = held.toSorted((a, b) => Date.parse(b.escrowedAt) - Date.parse(a.escrowedAt));
  if (!latest) return { id, state: 'unmet', observedAt, evidence: volumeId ? `no recovery key of volume ${volumeId} is escrowed` : 'no recovery key of this device is escrowed' };
  return { id, state: 'met', observedAt, evidence: `key ${latest.keyId} of volume ${latest.volumeId}, escrowed at ${latest.escrowedAt}` };
}
