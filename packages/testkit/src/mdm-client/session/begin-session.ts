import type { DeviceState } from '../device/device-state.ts';
import type { ClientAlert, ClientCommand } from '../syncml/client-command.ts';
import type { SessionState } from './session-state.ts';

/** `client`: the schedule or a user (alert 1201); `server`: a push (alert 1200). */
export type SessionReason = 'client' | 'server';

/** Who is signed in: the enrolled user, somebody else, nobody. */
export type LoginStatus = 'user' | 'others' | 'none';

export interface SessionBeginning {
  readonly sessionNumber: number;
  readonly managementUrl: string;
  readonly reason: SessionReason;
  readonly loginStatus: LoginStatus;
  /** Events that waited for a session. */
  readonly alerts: readonly ClientAlert[];
  readonly device: DeviceState;
}

/** Before the server says what it takes. */
const assumedMaxMsgSizeBytes = 524_288;

/**
 * A session before its first message: the alert that says who began it, who is signed in, what happened since, and DevInfo. Pure.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be
 */
export function beginSession({ sessionNumber, managementUrl, reason, loginStatus, alerts, device }: SessionBeginning): SessionState {
  const commands: ClientCommand[] = [
    { kind: 'alert', code: reason === 'client' ? '1201' : '1200' },
    { kind: 'alert', code: '1224', item: { type: 'com.microsoft/MDM/LoginStatus', format: 'chr', data: loginStatus } },
    ...alerts,
    { kind: 'device-information', nodes: ['DevId', 'Man', 'Mod', 'DmV', 'Lang'].map((name) => ({ uri: `./DevInfo/${name}`, value: device.nodes[`./DevInfo/${name}`]?.value ?? '' })) },
  ];
  return {
    // At most 4 characters in decimal, as Windows has it unless another version was agreed upon.
    sessionId: String(((sessionNumber - 1) % 9999) + 1),
    lastMsgId: 0, lastServerMsgId: 0, lastSent: [], maxMsgSizeBytes: assumedMaxMsgSizeBytes, targetUri: managementUrl,
    outbox: commands.map((command) => ({ command, msgRef: '' })),
  };
}
