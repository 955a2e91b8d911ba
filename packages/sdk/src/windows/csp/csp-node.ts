import type { FactSource } from './fact-sources.table.ts';

/** Formats that the nodes of these service providers have; the words are those of SyncML's `Format`. */
export type CspFormat = 'node' | 'chr' | 'int' | 'bool' | 'xml';
/** What a server may do with a node. */
export type CspAccess = 'add' | 'delete' | 'get' | 'replace' | 'exec';

/** Whole numbers that a node takes. Without `max` no text gives one. */
export interface CspRange {
  readonly min: number;
  readonly max?: number;
}

/** One node of a configuration service provider, as the texts describe it. */
export interface CspNode {
  /** Below the provider's root, without a leading slash; empty for the root itself. A dynamic node is written `{SSID}`. */
  readonly path: string;
  readonly format: CspFormat;
  readonly access: ReadonlySet<CspAccess>;
  readonly range?: CspRange;
  readonly unit?: 'minutes' | 'megabytes';
  /** A node that must have this value, before or in the same Atomic; otherwise the device refuses and changes nothing. */
  readonly dependsOn?: { readonly path: string; readonly value: string };
  /** The value must not exceed that of this node. */
  readonly notAbove?: string;
  /** First builds that have it, one for each release line. Absent where no text names one. */
  readonly minimumBuilds?: readonly string[];
  /** Documented for Insider builds only. */
  readonly isInsiderOnly?: true;
  /** What lies below is written in one Atomic. */
  readonly isAtomicRequired?: true;
  /** Named by the server, many allowed. */
  readonly isDynamic?: true;
  /** Holds a key or password: never logged, and what a device gives back is not kept. */
  readonly isSecret?: true;
  readonly meaning: string;
  readonly source: FactSource;
  /** Parts of the row that rest on less than its source, or on texts that disagree. */
  readonly doubts?: readonly FactSource[];
}

/** A provider's nodes below one root. */
export interface CspTable {
  /** In the spelling that names its scope: `./Device/Vendor/MSFT/…`. */
  readonly root: string;
  readonly nodes: readonly CspNode[];
}

/** Access of a setting: everything but Exec. */
export const settingAccess: ReadonlySet<CspAccess> = new Set(['add', 'delete', 'get', 'replace']);
/** Access of what is only read. */
export const readAccess: ReadonlySet<CspAccess> = new Set(['get']);
/** Access of an action. */
export const actionAccess: ReadonlySet<CspAccess> = new Set(['exec']);
