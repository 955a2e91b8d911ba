import type { OperatorAttestation } from '@winre-kit/sdk';
import type { PlannedPrecheck } from './precheck.ts';

/** How old the word for a recent backup may be. */
const maxAgeMs = 24 * 3_600_000;

/** The EMM sees no backups, so this rests on a person's attestation of the last 24 hours. */
export function judgeBackupRecent(attestations: readonly OperatorAttestation[], observedAt: string): PlannedPrecheck {
  const id = 'backup-recent';
  const [latest] = attestations.filter((attestation) => attestation.precheck === id).toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (!latest) return { id, state: 'unknown', observedAt, evidence: 'nobody has attested a recent backup and the EMM cannot see one' };
  const ageMs = Date.parse(observedAt) - Date.parse(latest.at);
  const state = ageMs <= maxAgeMs ? 'met' : 'unmet';
  return { id, state, observedAt: latest.at, evidence: `${latest.by} attested: ${latest.statement}` };
}
