import type { Clock, Logger } from '@winre-kit/sdk';
import type { EscrowOpener, Gateway } from '@winre-kit/winre-agent/gateway';
import type { TrustedKey } from '@winre-kit/sdk';
import type { AdminAuditStore } from '../store/admin-audit-store.ts';
import type { ApiTokenStore } from '../store/api-token-store.ts';
import type { MdmCertificateStore } from '../store/mdm-certificate-store.ts';
import type { MdmExecStore } from '../store/mdm-exec-store.ts';
import type { MdmSessionStore } from '../store/mdm-session-store.ts';
import type { MdmSettingsStore } from '../store/mdm-settings-store.ts';
import type { OperationFences } from '../store/operation-fences.ts';
import type { RebuildOfferingStore } from '../store/rebuild-offering-store.ts';
import type { SqliteGatewayStore } from '../store/sqlite-gateway-store.ts';

/** Where the MDM part keeps what it knows. */
export interface MdmStores {
  readonly certificates: MdmCertificateStore;
  readonly settings: MdmSettingsStore;
  readonly sessions: MdmSessionStore;
  readonly execs: MdmExecStore;
}

/** What the routes of the admin API work with. */
export interface AdminServices {
  readonly gateway: Gateway;
  readonly store: SqliteGatewayStore;
  readonly tokens: ApiTokenStore;
  readonly audit: AdminAuditStore;
  readonly offerings: RebuildOfferingStore;
  readonly fences: OperationFences;
  readonly mdm: MdmStores;
  /** Seals the keys of networks. */
  readonly escrow: EscrowOpener;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The gateway's own key, which every device of a new tenant pins. */
  readonly gatewayKey: TrustedKey;
  /** The authorities that the server's certificate chains up to. */
  readonly caCertificatesPem: readonly string[];
  readonly operationsPerMinute: number;
  /** Aborted when the server stops: long answers end. */
  readonly closing: AbortSignal;
}
