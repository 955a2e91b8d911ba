import { sessionEventSchema, type CallContext, type SessionEventInput, type SessionWatchRequest } from '@winre-kit/sdk';
import { followLines } from '../follow-lines.ts';
import type { SampleEmm } from '../sample-emm.ts';

/** Session events from now on, or from a checkpoint. A cut stream is taken up again behind the last checkpoint seen. */
export async function* watchSessions(emm: SampleEmm, request: SessionWatchRequest, call: CallContext): AsyncGenerator<SessionEventInput> {
  let { resumeToken } = request;
  const open = (): { path: string; query: Record<string, string> } => ({
    path: '/session-events',
    query: { ...(request.deviceId ? { deviceId: request.deviceId } : {}), ...(resumeToken ? { resumeToken } : {}) },
  });
  for await (const event of followLines(emm, { open, line: sessionEventSchema, doing: 'watching sessions' }, call)) {
    if (event.type === 'stream.checkpoint') ({ resumeToken } = event);
    yield event;
  }
}
