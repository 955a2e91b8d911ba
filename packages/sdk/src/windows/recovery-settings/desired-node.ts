import type { SecretValue } from '../../contract/secret.ts';
import type { CspDialect } from '../csp/csp-dialect.ts';
import type { CspFormat } from '../csp/csp-node.ts';

interface PlainNode {
  /** In the spelling of {@link canonicalUri}. */
  readonly uri: string;
  readonly format: Exclude<CspFormat, 'node'>;
  readonly isSecret: false;
  readonly value: string;
}

/** A leaf and the value it should have. A secret value prints and serialises as `«secret»`; {@link valueOfNode} reveals it. */
export type DesiredNode = PlainNode | (Omit<PlainNode, 'isSecret' | 'value'> & { readonly isSecret: true; readonly value: SecretValue });

/** Nodes that are sent together. */
export interface DesiredGroup {
  /** The node they lie below. */
  readonly root: string;
  /** Sent in one Atomic, one verb a node, in this order; a Get belongs into a separate command. Otherwise one by one. */
  readonly isAtomic: boolean;
  /** Why a device of this build may answer 404, 405 or 406 for the whole group. That is no failure then, and no reason to try the other dialect. */
  readonly mayBeAbsent?: string;
  readonly nodes: readonly DesiredNode[];
}

/** A setting that was asked for and is not, or not exactly, in the nodes. */
export interface NotExpressed {
  /** Dotted path in the settings, such as `networks.0.profile.hidden`. */
  readonly setting: string;
  /**
   * - `unsupported`: the dialect, edition or WinRE has nothing for it.
   * - `out-of-range`: the node does not take this value.
   * - `missing-key`: the network's key is not at hand.
   * - `inactive`: the device refuses or ignores it while another setting is off; nothing is lost but the stored value.
   * - `rounded`: a node has it, to its own precision.
   */
  readonly kind: 'unsupported' | 'out-of-range' | 'missing-key' | 'inactive' | 'rounded';
  readonly reason: string;
}

/** Something that is sent although texts disagree about it or do not say it. */
export interface CompileDoubt {
  readonly uri: string;
  readonly reason: string;
}

/** An interior node whose networks are all spoken for: one that a device has there and that is neither in `groups` nor in `keep` is not wanted. */
export interface GovernedRoot {
  readonly root: string;
  /** Networks that are wanted, but could not be expressed; what the device has of them stays. */
  readonly keep: readonly string[];
  /** Whether a Delete below it has to be in an Atomic. */
  readonly isAtomic: boolean;
}

/** Settings in the words of one dialect. Everything that was asked for is in `groups`, in `notExpressed`, or in both. */
export interface CompiledSettings {
  readonly dialect: CspDialect | 'none';
  readonly groups: readonly DesiredGroup[];
  readonly notExpressed: readonly NotExpressed[];
  readonly doubts: readonly CompileDoubt[];
  readonly governs: readonly GovernedRoot[];
}

/**
 * The text to send for a node, secrets included: do not log it.
 *
 * Our own rule: a secret is text only where it goes into a message.
 */
export function valueOfNode(node: DesiredNode): string {
  return node.isSecret ? node.value.reveal() : node.value;
}
