import type { RemediationPolicy } from '../../schemas/remediation.ts';
import type { RestorePolicy } from '../../schemas/restore.ts';
import type { CspDialect } from '../csp/csp-dialect.ts';
import type { ParsedWlanProfile } from '../wlan/parse-wlan-profile.ts';

/** The answer to a Get of one node: the code of its Status and, for 200, what its Results held. */
export interface ReadResult {
  readonly uri: string;
  /** SyncML status code. */
  readonly status: number;
  readonly format?: string;
  /** Of an interior node the names of its children, joined by `/`. */
  readonly value?: string;
  /** Of a WLAN profile that was parsed before, so that {@link ReadSettings.nodes} can be parsed again together with later answers. */
  readonly profile?: ParsedWlanProfile;
}

/** A result with its address in one spelling, without what is secret. */
export interface ReadNode {
  readonly uri: string;
  readonly status: number;
  /** Absent for secret nodes and where the device sent none. */
  readonly value?: string;
  /** What a WLAN profile says, without its key. */
  readonly profile?: ParsedWlanProfile;
}

/** A Wi-Fi network that the device has for WinRE, as far as it was read. Never with its key. */
export interface ReadNetwork {
  readonly ssid: string;
  /** The node to delete when the network is not wanted. */
  readonly uri: string;
  /** Absent while it was not read, and where a name and a password are all there is. */
  readonly profile?: ParsedWlanProfile;
}

/** A value that the settings have no place for. Shown to people as the device gave it. */
export interface UnknownValue {
  readonly uri: string;
  /** Absent for secret nodes. */
  readonly raw?: string;
  readonly reason: string;
}

/** What a device has, as far as it was read. Members that it did not give, or gave in a form that the settings do not know, are absent. */
export interface ReadSettings {
  readonly dialect: CspDialect;
  readonly remediation: Partial<RemediationPolicy>;
  readonly restore: Partial<RestorePolicy>;
  readonly networks: readonly ReadNetwork[];
  readonly unknown: readonly UnknownValue[];
  /** Nodes that exist, as their parent says, and were not read yet. Get them and parse all results together. */
  readonly stillToRead: readonly string[];
  /** One for each address, the last result first in line. */
  readonly nodes: readonly ReadNode[];
}
