import type { TreeVerb } from '../syncml/server-command.ts';

/** Formats of the nodes that are simulated; interior nodes have `node`. */
export type NodeFormat = 'node' | 'chr' | 'int' | 'bool';

/** A node that a configuration service provider knows, as data. */
export interface NodeDefinition {
  /** From the root of the tree, `./Vendor/MSFT/...`; a segment in braces stands for any name. */
  readonly path: string;
  readonly format: NodeFormat;
  readonly access: readonly TreeVerb[];
  /** Smallest and largest value of an int. */
  readonly range?: readonly [smallest: number, largest: number];
  /** A value with more rules than a range. */
  readonly content?: 'wlan-profile';
  /** This bool has to be true before the node may be written. */
  readonly needsTrue?: string;
  /** The value must not exceed the one of that node. */
  readonly notAbove?: string;
  /** What lies below is only written inside Atomic. */
  readonly isAtomicRequired?: boolean;
  /** There from the beginning; it cannot be added or deleted. */
  readonly isPermanent?: boolean;
  /** One row a servicing branch; a device below all of them does not know the node. */
  readonly minimumBuilds?: readonly string[];
  /** Only Insider builds know it. */
  readonly isInsiderOnly?: boolean;
}
