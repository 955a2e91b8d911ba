import type { DeviceFault } from './device-fault.ts';
import type { NodeFormat } from './node-definition.ts';

/** What a node holds; interior nodes hold an empty text. */
export interface NodeValue {
  readonly format: NodeFormat;
  readonly value: string;
}

/** An Exec that took effect. */
export interface RecordedExec {
  readonly uri: string;
  readonly data: string;
  readonly atMs: number;
}

/** A large object of which some chunks have come. */
export interface PartialObject {
  readonly verb: 'Add' | 'Replace';
  readonly uri: string;
  readonly data: string;
  readonly sizeBytes?: number;
}

/** Everything a device remembers, as JSON. Values are replaced, never changed in place. */
export interface DeviceState {
  /** By canonical LocURI. */
  readonly nodes: Readonly<Record<string, NodeValue>>;
  readonly execs: readonly RecordedExec[];
  readonly faults: readonly DeviceFault[];
  readonly partialObject?: PartialObject;
  /** The server ended the enrolment. */
  readonly isUnenrolled: boolean;
}
