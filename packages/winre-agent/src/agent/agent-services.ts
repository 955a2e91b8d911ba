import type { Clock } from '@winre-kit/sdk';
import type { Boot, Platform } from '../platform/platform.ts';
import type { AgentLog } from './agent-log.ts';
import type { AgentSettings } from './agent-settings.ts';
import type { GatewayLink } from './channel/gateway-link.ts';
import type { LogSender } from './channel/log-sender.ts';
import type { BootCheckVerdict } from './boot/boot-check.ts';
import type { BootMemory } from './boot/boot-memory.ts';
import type { WaitList } from './channel/wait-list.ts';
import type { ContinuityTokenFile } from './state/continuity-token-file.ts';
import type { EnrolmentRecord } from './state/enrolment-record.ts';

/** What handlers of operations and queries may use during one boot. */
export interface AgentServices {
  readonly platform: Platform;
  readonly boot: Boot;
  readonly clock: Clock;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  readonly log: AgentLog;
  readonly settings: AgentSettings;
  readonly link: GatewayLink;
  readonly logs: LogSender;
  readonly enrolment: { readonly current: EnrolmentRecord };
  /** A folder outside every volume whose content nobody needs after a restart. */
  readonly scratchFolder: string;
  /** The last boot check; undefined before the first. */
  readonly lastBootCheck: () => BootCheckVerdict | undefined;
  readonly remediation: BootMemory['remediation'];
  readonly escrowedKey: BootMemory['escrowedKey'];
  readonly continuityToken: ContinuityTokenFile;
  /** Notified when the volume was unlocked. */
  readonly unlocked: WaitList;
}
