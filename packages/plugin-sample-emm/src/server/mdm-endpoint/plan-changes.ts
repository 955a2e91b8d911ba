import { createMessageWriter, settingsDrift, verbFor, type CompiledSettings, type DesiredGroup, type Drift, type NotExpressed, type ReadSettings } from '@winre-kit/sdk/windows';
import { isWithin } from './judge-changes.ts';
import { commandOf, type MdmRequest, type NodeChange } from './mdm-request.ts';
import { recoveryGroups } from './recovery-groups.table.ts';

/** What decides which groups are written. */
export interface ChangeFacts {
  readonly compiled: CompiledSettings;
  readonly actual: ReadSettings;
  /** Whether this very desired state was written completely before. If not everything is written once: that a secret differs cannot be read. */
  readonly isApplied: boolean;
  /** See `MdmTurnFacts`. */
  readonly removes: 'others' | readonly string[];
  /** Groups that this build is known not to have. */
  readonly absentRoots: readonly string[];
}

/** The changes of one desired state: one request for each group, and the networks that are not wanted. Nothing when the device has what it should. */
export interface PlannedChanges {
  readonly drift: readonly Drift[];
  readonly requests: readonly MdmRequest[];
}

/** Chooses what to write and with which verb. Pure. A group is written whole: its nodes depend on each other. */
export function planChanges({ compiled, actual, isApplied, removes, absentRoots }: ChangeFacts): PlannedChanges {
  const drift = driftThatCounts({ compiled, actual, removes, absentRoots });
  const differs = (group: DesiredGroup): boolean => drift.some(({ kind, uri }) => kind !== 'extra' && group.nodes.some((node) => node.uri === uri));
  const groups = compiled.groups.filter((group) => !absentRoots.includes(group.root) && (!isApplied || differs(group)));
  const extra = drift.filter(({ kind }) => kind === 'extra');
  const deletionOf = ({ uri }: Drift): NodeChange => ({ name: 'Delete', uri });
  const isBelow = (uri: string, group: DesiredGroup): boolean => uri.startsWith(`${group.root}/`);
  const requests = groups.flatMap((group): MdmRequest[] => {
    const changes = group.nodes.map((node): NodeChange => ({ name: verbFor(node, actual), uri: node.uri, node }));
    if (!group.isAtomic) return changes;
    return [{ name: 'Atomic', uri: group.root, members: [...changes, ...extra.filter(({ uri }) => isBelow(uri, group)).map(deletionOf)] }];
  });
  const left = extra.filter(({ uri }) => !groups.some((group) => group.isAtomic && isBelow(uri, group)));
  const removals = left.map((each): MdmRequest => (each.isAtomic === true ? { name: 'Atomic', uri: each.uri, members: [deletionOf(each)] } : deletionOf(each)));
  return { drift, requests: [...requests, ...removals] };
}

/** What differs, without networks that somebody else gave the device and nobody here speaks for, and without what this build does not have. Pure. */
export function driftThatCounts({ compiled, actual, removes, absentRoots }: Omit<ChangeFacts, 'isApplied'>): readonly Drift[] {
  const mayGo = ({ kind, actual: ssid }: Drift): boolean => kind !== 'extra' || removes === 'others' || removes.includes(ssid ?? '');
  return settingsDrift(compiled, actual).filter((drift) => mayGo(drift) && !absentRoots.some((root) => isWithin(root, drift.uri)));
}

/** Groups that are known to be absent from this build, in the words of `notExpressed`. Pure. */
export function absentSettings({ groups }: CompiledSettings, absentRoots: readonly string[]): readonly NotExpressed[] {
  const absent = groups.filter(({ root }) => absentRoots.includes(root));
  return Object.entries(recoveryGroups).flatMap(([setting, own]) =>
    absent.filter(({ root }) => root === own).map(({ root, mayBeAbsent = 'it shows the provider without it' }): NotExpressed => ({ setting, kind: 'unsupported', reason: `this build does not have ${root}: ${mayBeAbsent}` })),
  );
}

/** Space that a message needs beside one request, in bytes: header, the statuses that it owes, `Final`. */
const frameBytes = 1_024;

/**
 * Splits off what no message of the client has room for. Pure.
 *
 * A value that is too long leaves in chunks, but an Atomic goes out whole or not at all: no text says that Windows puts an Atomic together from several messages, or a
 * chunk inside one, and with half of it missing it would not be one.
 *
 * @param maxMessageBytes the longest message that the client reads
 */
export function splitTooLong(requests: readonly MdmRequest[], maxMessageBytes: number): { readonly fitting: readonly MdmRequest[]; readonly tooLong: readonly MdmRequest[] } {
  const writer = createMessageWriter({ sessionId: '', messageId: '', target: '', source: '' });
  const isTooLong = (request: MdmRequest): boolean => request.name === 'Atomic' && frameBytes + writer.bytes(commandOf(request)) > maxMessageBytes;
  return { fitting: requests.filter((request) => !isTooLong(request)), tooLong: requests.filter(isTooLong) };
}
