import { instantAt, instantSchema, RecoveryError, sha256Hex, sha256Schema } from '@winre-kit/sdk';
import { z } from 'zod';
import type { GraphCloud } from '../graph-clouds.table.ts';
import type { Exchanged } from '../graph-exchange.ts';

const methodSchema = z.enum(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * A change that Multi Admin Approval holds back: all it takes to send it again byte for byte, as plain JSON for the plug-in's storage.
 * Without `bodyText` but with `bodySha256` the body carried secrets, or was too long to keep, and has to be made again.
 */
export const parkedWriteSchema = z.strictObject({
  method: methodSchema,
  url: z.url(),
  bodyText: z.string().optional(),
  /** Of the body in UTF-8; missing when there was none. */
  bodySha256: sha256Schema.optional(),
  /** Names the approval request, and releases the change once it is approved. */
  approvalCode: z.string().regex(/^[\x21-\x7e]{1,512}$/),
  parkedAt: instantSchema,
  /** An approval request that nobody touches lapses after three days; Graph's own time for it is in the request. */
  expiresAt: instantSchema,
});
export type ParkedWrite = z.output<typeof parkedWriteSchema>;

/** A change as it was sent. */
export interface SentWrite {
  readonly method: ParkedWrite['method'];
  readonly url: string;
  readonly bodyText?: string;
  readonly carriesSecrets: boolean;
  readonly justification: string | undefined;
  /** Sent in place of the justification once people have approved. */
  readonly approvalCode: string | undefined;
  /** The parked change that is sent again. */
  readonly parked?: ParkedWrite;
}

const codeHeader = 'x-msft-approval-code';
const longestJustification = 1_024;
const lapsesAfterMs = 3 * 86_400_000;
/** A stored value has room for 64 KiB; a character takes three bytes at most, escapes included. */
const longestKeptBody = 16_384;

/** What tells Graph why, or that it was approved. */
export function approvalHeaders({ approvalCode, justification }: SentWrite): Readonly<Record<string, string>> {
  if (approvalCode !== undefined) return { [codeHeader]: approvalCode };
  if (justification === undefined) return {};
  // Not through the middle of a character that takes two.
  const bytes = new TextEncoder().encode(justification.slice(0, longestJustification).replace(/[\ud800-\udbff]$/, ''));
  return { 'x-msft-approval-justification': btoa(String.fromCharCode(...bytes)) };
}

/**
 * The parked change, when the answer says that it was parked. Sources disagree about the status (400, 403 and 412 are all told of), so only the header and the
 * code `ApprovalRequired` count. A code that was sent and comes back means "still waiting" where Graph refused for certain; beside success it says nothing,
 * and beside an unknown outcome the effect has to be looked for before anything is sent again.
 */
export async function parkedWriteOf(sent: SentWrite, answer: Exchanged<unknown>, nowMs: number): Promise<ParkedWrite | undefined> {
  const header = answer.headers?.get(codeHeader) ?? undefined;
  const isAsked = !answer.ok && answer.refusal?.codes.some((code) => code.toLowerCase() === 'approvalrequired') === true;
  const isNews = header !== undefined && header !== sent.approvalCode;
  const isStillWaiting = header !== undefined && !answer.ok && RecoveryError.isInstance(answer.error) && answer.error.facts?.['outcome'] === 'refused';
  const approvalCode = header ?? (isAsked ? sent.approvalCode : undefined);
  if (!(isAsked || isNews || isStillWaiting) || approvalCode === undefined) return undefined;
  if (sent.parked && approvalCode === sent.parked.approvalCode) return sent.parked;
  const { method, url, bodyText, carriesSecrets } = sent;
  const parked = parkedWriteSchema.safeParse({
    method, url, approvalCode,
    ...(bodyText === undefined ? {} : { bodySha256: await sha256Hex(bodyText), ...(carriesSecrets || bodyText.length > longestKeptBody ? {} : { bodyText }) }),
    parkedAt: instantAt(nowMs),
    expiresAt: instantAt(nowMs + lapsesAfterMs),
  });
  return parked.data;
}

/**
 * A parked change ready to be sent again.
 * @throws {RecoveryError} `plan-stale` when body or address are not what was parked; nothing was sent
 */
export async function requireResendable({ graphOrigin }: Pick<GraphCloud, 'graphOrigin'>, parked: ParkedWrite, bodyText = parked.bodyText): Promise<SentWrite> {
  const refuse = (reason: string): RecoveryError => new RecoveryError('plan-stale', `the change that was approved cannot be sent: ${reason}; nothing was sent`, { facts: { outcome: 'not-sent' } });
  if (new URL(parked.url).origin !== new URL(graphOrigin).origin) throw refuse(`it was parked at ${new URL(parked.url).origin}, not at ${graphOrigin}`);
  const bodySha256 = bodyText === undefined ? undefined : await sha256Hex(bodyText);
  if (bodySha256 !== parked.bodySha256) throw refuse('its body is not the one that was approved');
  return {
    method: parked.method, url: parked.url, approvalCode: parked.approvalCode, justification: undefined, parked,
    carriesSecrets: parked.bodyText === undefined && parked.bodySha256 !== undefined,
    ...(bodyText === undefined ? {} : { bodyText }),
  };
}
