import { describe, expect, test } from 'vitest';
import { effectSchema } from '../schemas/effect.ts';
import { operationStateSchema, type OperationState } from '../schemas/operation.ts';
import { isTerminalState, mayTransition, requireTransition } from './operation-transition.ts';
import { operationTransitions, progressOrder, terminalStates } from './operation-transitions.table.ts';

/** The contract's own words, and the edge of decision 0004, written out once more, so that a slip of the table shows. */
const edges: Readonly<Record<OperationState, string>> = {
  planned: 'approved awaiting-approval cancelled expired',
  'awaiting-approval': 'approved rejected cancelled expired',
  approved: 'dispatching cancelled expired',
  dispatching: 'accepted awaiting-vendor-approval failed unknown cancelled expired',
  'awaiting-vendor-approval': 'dispatching rejected unknown cancelled expired',
  accepted: 'delivered running verifying failed unknown cancelled expired',
  delivered: 'running verifying failed unknown cancelled expired',
  running: 'verifying failed unknown cancelled expired',
  verifying: 'succeeded failed unknown cancelled expired',
  unknown: 'dispatching awaiting-vendor-approval accepted delivered running verifying succeeded failed',
  succeeded: '', failed: '', cancelled: '', expired: '', rejected: '',
};
const states = operationStateSchema.options;

describe('every pair of states', () => {
  for (const from of states) {
    test.each(states)(`${from} → %s`, (to) => {
      const allowed = edges[from].split(' ').includes(to);
      for (const effect of effectSchema.options) {
        const expected = allowed && !(effect === 'destructive' && from === 'planned' && to === 'approved');
        expect(mayTransition(from, to, effect)).toBe(expected);
        const check = (): void => requireTransition(from, to, effect);
        expect(outcomeOf(check)).toEqual(expected ? 'allowed' : { code: 'conflict', facts: { from, to, effect } });
      }
    });
  }
});

function outcomeOf(check: () => void): unknown {
  try {
    check();
    return 'allowed';
  } catch (error) {
    const { code, facts } = error as { code: string; facts: unknown };
    return { code, facts };
  }
}

test('terminal states are those that nothing leaves', () => {
  expect(states.filter(isTerminalState)).toEqual(states.filter((state) => operationTransitions[state].length === 0));
  expect(new Set(states.filter(isTerminalState))).toEqual(new Set(terminalStates));
});

test('success is reached from verifying and unknown only, and unknown from dispatching onward only', () => {
  expect(states.filter((state) => operationTransitions[state].includes('succeeded'))).toEqual(['verifying', 'unknown']);
  expect(states.filter((state) => operationTransitions[state].includes('unknown'))).toEqual(['dispatching', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying']);
});

test('every state is reached from planned, and every path can end', () => {
  const reached = new Set<OperationState>(['planned']);
  for (const state of reached) for (const next of operationTransitions[state]) reached.add(next);
  expect(reached.size).toBe(states.length);
  const ends = (state: OperationState, seen: ReadonlySet<OperationState> = new Set()): boolean => isTerminalState(state) || operationTransitions[state].some((next) => !seen.has(next) && ends(next, new Set([...seen, state])));
  expect(states.every((state) => ends(state))).toBe(true);
});

test('progress goes forward only', () => {
  for (const [index, state] of progressOrder.entries()) for (const earlier of progressOrder.slice(0, index)) expect(mayTransition(state, earlier, 'write')).toBe(false);
});
