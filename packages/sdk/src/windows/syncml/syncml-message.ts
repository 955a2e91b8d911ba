import type { SyncMlCommand } from './syncml-command.ts';
import type { SyncMlMeta } from './syncml-item.ts';

/** Credentials of the DM layer. A device that shows a client certificate needs none. `data` is a secret. */
export interface SyncMlCredential {
  readonly meta?: SyncMlMeta;
  readonly data: string;
}

/** Whose message this is. Numbers are text because they are only ever compared. */
export interface SyncMlHeader {
  /** At most four bytes; the client chooses it. */
  readonly sessionId: string;
  /** From `1`, one more with each message of this sender in this session. */
  readonly messageId: string;
  readonly target: string;
  readonly targetName?: string;
  readonly source: string;
  /** The user name when credentials are a digest. */
  readonly sourceName?: string;
  /** Where the answer is to be sent, when not to where this came from. */
  readonly responseUri?: string;
  readonly wantsNoResponse?: boolean;
  readonly credential?: SyncMlCredential;
  readonly meta?: SyncMlMeta;
}

/**
 * One message of OMA DM 1.2, as Windows speaks it.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/221ba29e-f0da-4b04-af9e-42f8631aea68
 */
export interface SyncMlMessage {
  readonly header: SyncMlHeader;
  readonly commands: readonly SyncMlCommand[];
  /** The last message of its package. */
  readonly isFinal: boolean;
}
