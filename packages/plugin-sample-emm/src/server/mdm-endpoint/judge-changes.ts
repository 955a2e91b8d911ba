import type { CompiledSettings, ReadResult } from '@winre-kit/sdk/windows';
import type { AcceptedChange, AskedCommand, MdmRefusal } from './mdm-session.ts';
import { isRecoveryGroup } from './recovery-groups.table.ts';
import { meaningOfAnswer, meaningOfStatus, type StatusMeaning } from './status-meaning.ts';

/** What became of the changes of one message. */
export interface ChangeVerdicts {
  /** Addresses of requests that met a busy device. */
  readonly busy: readonly string[];
  /** Addresses of requests with an Add of what is there: with Replace they may go through. */
  readonly existing: readonly string[];
  /** Roots of groups that this build turned out not to have, though its dialect does. */
  readonly absentRoots: readonly string[];
  /** Whether a node is absent that every device of this dialect has. */
  readonly lacksDialect: boolean;
  /** What the device took on and has not done yet; of an Atomic all members. */
  readonly accepted: readonly AcceptedChange[];
  /** Whether everything that is neither `busy` nor `existing` was done or accepted, or belongs to `absentRoots`. */
  readonly isDone: boolean;
  readonly refusals: readonly MdmRefusal[];
  /** What the device had before anything was changed, with the nodes that it is known to have since. */
  readonly found: readonly ReadResult[];
}

/** Sorts the answers to one message of changes. Pure. @param isShown whether the device has shown the provider: what is absent is then a group of it at most */
export function judgeChanges(asked: readonly AskedCommand[], before: readonly ReadResult[], { groups }: CompiledSettings, isShown: boolean): ChangeVerdicts {
  const verdicts = asked.map((command) => ({ command, meaning: meaningOfRequest(command) }));
  const urisOf = (wanted: StatusMeaning): readonly string[] => verdicts.filter(({ meaning }) => meaning === wanted).map(({ command }) => command.uri);
  const found = withKnown(before, asked);
  const absentRootOf = (uri: string): string | undefined => {
    const root = groups.find((group) => (group.mayBeAbsent !== undefined || (isShown && isRecoveryGroup(group.root))) && isWithin(group.root, uri))?.root;
    return root !== undefined && isAbsent(root, found) ? root : undefined;
  };
  const absent = urisOf('absent');
  return {
    busy: urisOf('busy'),
    existing: urisOf('existing'),
    absentRoots: [...new Set(absent.flatMap((uri) => absentRootOf(uri) ?? []))],
    lacksDialect: !isShown && absent.some((uri) => !groups.some((group) => group.mayBeAbsent !== undefined && isWithin(group.root, uri))),
    accepted: acceptedIn(asked),
    isDone: verdicts.every(({ command, meaning }) => isFine.has(meaning) || (meaning === 'absent' && absentRootOf(command.uri) !== undefined)),
    refusals: asked.flatMap(refusalsOf),
    found,
  };
}

/** The changes that a device took on, those of an Atomic one by one. */
export function acceptedIn(asked: readonly AskedCommand[]): readonly AcceptedChange[] {
  return asked.filter((command) => meaningOfRequest(command) === 'accepted').flatMap((command) => (command.members ?? [command]).map(({ uri, name }) => ({ uri, name })));
}

const isFine: ReadonlySet<StatusMeaning> = new Set(['done', 'accepted', 'busy', 'existing']);

/** Whether an address is the root or lies below it. */
export function isWithin(root: string, uri: string): boolean {
  return uri === root || uri.startsWith(`${root}/`);
}

/** The build has not the group when it said so to the Get of its root, and nothing below was seen or took a value. */
function isAbsent(root: string, found: readonly ReadResult[]): boolean {
  const own = found.find(({ uri }) => uri === root);
  return own !== undefined && meaningOfStatus(own.status) === 'absent' && !found.some(({ uri, status }) => status === 200 && isWithin(root, uri));
}

/** The worst of an Atomic's members speaks for it: its own 507 says only that one of them failed. Members of one that was accepted may have no answer yet. */
function meaningOfRequest(command: AskedCommand): StatusMeaning {
  const own = meaningOfAnswer(command);
  const members = (command.members ?? []).map((member) => (own === 'accepted' && member.status === undefined ? own : meaningOfAnswer(member)));
  const worst = (['busy', 'absent', 'refused', 'existing'] as const).find((meaning) => members.includes(meaning));
  return worst ?? (own === 'done' && members.includes('accepted') ? 'accepted' : own);
}

/** An Atomic that failed is told itself only when none of its members says why. */
function refusalsOf(command: AskedCommand): readonly MdmRefusal[] {
  const { members = [] } = command;
  const hasCulprit = members.some((member) => member.status !== undefined && isCulprit.has(meaningOfAnswer(member)));
  return [command, ...members].flatMap((answered) => {
    const { name, uri, status } = answered;
    const meaning = meaningOfAnswer(answered);
    const isTold = meaning === 'refused' || meaning === 'absent' || (answered === command && meaning === 'undone' && !hasCulprit);
    return status !== undefined && isTold ? [{ name, uri, status }] : [];
  });
}

const isCulprit: ReadonlySet<StatusMeaning> = new Set(['refused', 'absent', 'busy', 'existing']);

/** With what was added, and what could not be because it is there: from then on such a node is replaced. What an Atomic added that failed was taken back. */
function withKnown(before: readonly ReadResult[], asked: readonly AskedCommand[]): readonly ReadResult[] {
  const adds = asked.flatMap((command) => (command.members ?? [command]).filter(({ name }) => name === 'Add').map((add) => ({ add, isKept: meaningOfAnswer(command) === 'done' })));
  const isThere = (meaning: StatusMeaning, isKept: boolean): boolean => meaning === 'existing' || (meaning === 'done' && isKept);
  const there = adds.filter(({ add, isKept }) => isThere(meaningOfAnswer(add), isKept)).map(({ add }) => add.uri);
  return [...before.filter(({ uri }) => !there.includes(uri)), ...there.map((uri): ReadResult => ({ uri, status: 200 }))];
}
