import type { z } from 'zod';
import type { EntityKind } from './entity-fields.table.ts';

/** The versions of Graph. */
export type GraphVersion = 'v1.0' | 'beta';
/** The methods that Graph's operations use. */
export type GraphMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Which of Graph's published limits a request counts against; `other` has none that we know. */
export type Workload = 'devices' | 'settings' | 'other';

/** What a Multi Admin Approval policy can protect, of what this tenant has. */
export type ProtectedArea = 'deviceWipe' | 'deviceRetire' | 'deviceDelete' | 'script' | 'configurationPolicy';

/** Sets of permissions; holding every one of a set is enough. */
export type ScopeChoice = readonly (readonly string[])[];

/** One operation that Graph offers, as its public page or metadata states it. */
export interface GraphRow {
  /** What handlers, faults and the journal call it. The same operation with another body in another version has the same name. */
  readonly operation: string;
  readonly versions: readonly GraphVersion[];
  readonly method: GraphMethod;
  /** From the version on, `{name}` for a segment that varies. */
  readonly path: string;
  readonly status: 200 | 201 | 204;
  readonly scopes: ScopeChoice;
  readonly workload: Workload;
  /** Strict: what it does not name is refused. Without it the request carries no body. */
  readonly body?: z.ZodType;
  /** The query options that may be given. */
  readonly options?: readonly string[];
  /** Properties that `$filter` may name. */
  readonly filterBy?: readonly string[];
  /** Navigation properties that `$expand` may name. */
  readonly expandable?: readonly string[];
  /** What the reply carries: decides which fields v1.0 leaves out and what `$select` may name. */
  readonly entity?: EntityKind;
  readonly protects?: ProtectedArea;
  /** The public page. */
  readonly source: string;
  /** Whether the page says all of this, or the row was completed from metadata and its neighbours. */
  readonly evidence: 'documented' | 'inferred';
}
