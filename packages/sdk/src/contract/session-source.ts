import type { RecoverySession } from '../schemas/session.ts';
import type { SessionEventInput } from './session-event.ts';
import type { CallContext } from './call-context.ts';

/** Which events, and from where on. */
export interface SessionWatchRequest {
  /** Only this device's events. */
  readonly deviceId?: string;
  /** From a `stream.checkpoint`; the stream goes on right behind it, or begins with `stream.gap`. */
  readonly resumeToken?: string;
}

/**
 * Where a plug-in whose vendor knows no WinRE sessions gets them from, such as the gateway of `@winre-kit/winre-agent`.
 * Devices are named by hardware id, which the plug-in matches to the vendor's devices.
 */
export interface SessionSource {
  watch(request: SessionWatchRequest, call: CallContext): AsyncIterable<SessionEventInput>;
  list(call: CallContext): AsyncIterable<RecoverySession>;
}
