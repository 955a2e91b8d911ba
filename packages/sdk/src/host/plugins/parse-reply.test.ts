import { expect, test } from 'vitest';
import { sessionEventSchema } from '../../contract/session-event.ts';
import { operationReportSchema } from '../../schemas/operation.ts';
import { planDraftSchema } from '../../schemas/plan.ts';
import { recoverySessionSchema } from '../../schemas/session.ts';
import { parseReply } from './parse-reply.ts';

const at = '2026-11-22T03:00:00.000Z';
const session = { sessionId: 's', device: { id: 'd', enrolmentEpoch: 'e' }, source: 'agent', confidence: 'confirmed', bootReason: 'boot-failure', startedAt: at, lastSeenAt: at, heartbeatEveryMs: 1_000 };

test('values a vendor invented become unknown, members it invented are known as raw only, and the reply itself is left alone', () => {
  const reply = { ...session, bootReason: 'solar-flare', futureMember: 1 };
  expect(parseReply(recoverySessionSchema, reply, 'reply')).toEqual({ ...session, bootReason: 'unknown', raw: { bootReason: 'solar-flare', futureMember: 1 } });
  expect(reply.bootReason).toBe('solar-flare');
  expect(parseReply(operationReportSchema, { vendorRef: 'v', state: 'sleeping', rawState: 'sleeping', observedAt: at }, 'reply')).toMatchObject({ state: 'unknown', rawState: 'sleeping' });
  const event = { type: 'session.detected', eventId: '1', occurredAt: at, observedAt: at, sessionId: 's', device: session.device, session: { ...session, source: 'pigeon' } };
  expect(parseReply(sessionEventSchema, event, 'reply')).toMatchObject({ session: { source: 'unknown' }, raw: { 'session.source': 'pigeon' } });
  expect(parseReply(sessionEventSchema, { ...event, raw: { own: 1 } }, 'reply')).toMatchObject({ raw: { own: 1, 'session.source': 'pigeon' } });
  expect(parseReply(recoverySessionSchema, { ...session, run() {} }, 'reply')).toEqual(session);
  const draft = { prechecks: [], blastRadius: { devices: 1, description: 'one', future: true }, requests: [{ method: 'GET', url: '/' }], future: true };
  expect(parseReply(planDraftSchema, draft, 'reply')).toMatchObject({ blastRadius: { devices: 1, description: 'one' } });
});

test.each([[{ ...session, startedAt: 'yesterday' }, 'startedAt'], [{ ...session, confidence: 'maybe' }, 'confidence'], [undefined, ''], [{ ...session, device: null, run() {} }, 'device']])('what does not fit is the plug-in’s defect, with the field', (reply, fieldPath) => {
  expect(() => parseReply(recoverySessionSchema, reply, 'plug-in p, sessions.get')).toThrow(expect.objectContaining({ code: 'internal', fieldPath }) as Error);
});
