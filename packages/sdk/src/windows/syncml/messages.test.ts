import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { alertCodes } from './alert-codes.table.ts';
import { createMessageWriter, utf8Length } from './create-message-writer.ts';
import { decodeSyncMl } from './decode-syncml.ts';
import { describeStatusCode } from './describe-status-code.ts';
import { encodeSyncMl } from './encode-syncml.ts';
import { fillMessage, type CommandQueue } from './fill-message.ts';
import { matchReplies } from './match-replies.ts';
import { reassembleObjects, type PartialObject } from './reassemble-objects.ts';
import { replyStatuses, statusOf } from './reply-statuses.ts';
import { statusCodes } from './status-codes.table.ts';
import type { NewSyncMlCommand, SyncMlCommand } from './syncml-command.ts';

const header = { sessionId: '1', messageId: '7', target: 'device-1', source: 'https://emm.example/mdm' } as const;
const get = (target: string): NewSyncMlCommand => ({ name: 'Get', items: [{ target }] });
const queueOf = (...commands: readonly NewSyncMlCommand[]): CommandQueue => ({ commands, isContinued: false });

test('commands are numbered from 1, members of an Atomic after it, and lengths are those of the encoded message', () => {
  const writer = createMessageWriter(header);
  writer.add(statusOf({ messageRef: '1', commandRef: '0', command: 'SyncHdr', code: 212 }));
  const atomic: NewSyncMlCommand = { name: 'Atomic', commands: [{ name: 'Add', items: [{ target: './ü', data: '<>' }] }, { name: 'Sequence', commands: [{ name: 'Delete', items: [] }] }] };
  const predicted = writer.bytes(atomic);
  expect(writer.add(atomic)).toMatchObject({ commandId: '2', commands: [{ commandId: '3' }, { commandId: '4', commands: [{ commandId: '5' }] }] });
  expect(writer.add(get('./a'))).toMatchObject({ commandId: '6' });
  expect(writer.message(false)).toMatchObject({ header, isFinal: false, commands: [{ commandId: '1' }, { commandId: '2' }, { commandId: '6' }] });
  expect(writer.bytes()).toBe(utf8Length(encodeSyncMl(writer.message(true))));
  expect(writer.bytes() - predicted).toBe(utf8Length('<Get><CmdID>6</CmdID><Item><Target><LocURI>./a</LocURI></Target></Item></Get>'));
});

test('a message is answered with the status of its header first, then of each command in order', () => {
  const commands: readonly SyncMlCommand[] = [
    { name: 'Status', commandId: '1', messageRef: '1', commandRef: '0', command: 'SyncHdr', targetRefs: [], sourceRefs: [], code: 200, items: [] },
    { name: 'Alert', commandId: '2', code: alertCodes.clientInitiated, items: [] },
    { name: 'Replace', commandId: '3', items: [{ source: './DevInfo/DevId' }, { source: './DevInfo/Man' }] },
    { name: 'Results', commandId: '4', messageRef: '1', commandRef: '9', command: 'Get', items: [] },
    { name: 'Results', commandId: '5', messageRef: '1', commandRef: '9', command: 'Get', items: [{ data: 'x', hasMoreData: true }] },
    { name: 'Get', commandId: '6', wantsNoResponse: true, items: [] },
    { name: 'Atomic', commandId: '7', commands: [{ name: 'Add', commandId: '8', items: [] }] },
  ];
  const message = { header, commands, isFinal: true };
  const judge = ({ name, commandId }: SyncMlCommand): number | readonly number[] => (name === 'Replace' ? [200, 404] : name === 'Add' ? [418, 418] : commandId === '5' ? 213 : 200);
  expect(replyStatuses(message, judge, 212).map(({ messageRef, command, commandRef, code, sourceRefs }) => [messageRef, command, commandRef, code, ...sourceRefs])).toEqual([
    ['7', 'SyncHdr', '0', 212],
    ['7', 'Alert', '2', 200],
    ['7', 'Replace', '3', 200, './DevInfo/DevId'],
    ['7', 'Replace', '3', 404, './DevInfo/Man'],
    ['7', 'Results', '5', 213],
    ['7', 'Atomic', '7', 200],
    ['7', 'Add', '8', 418],
  ]);
  expect(replyStatuses({ ...message, commands: [] })).toEqual([{ name: 'Status', messageRef: '7', commandRef: '0', command: 'SyncHdr', targetRefs: [], sourceRefs: [], code: 200, items: [] }]);
  expect(replyStatuses({ ...message, header: { ...header, wantsNoResponse: true } })).toEqual([]);
});

test('answers find the commands they are for, and what was not answered is seen', () => {
  const writer = createMessageWriter(header);
  writer.add({ name: 'Atomic', commands: [{ name: 'Add', items: [{ target: './a' }] }] });
  writer.add(get('./b'));
  writer.add({ name: 'Exec', items: [{ target: './c' }] });
  const status = (commandId: string, commandRef: string, code: number, messageRef = '7'): SyncMlCommand => ({ ...statusOf({ messageRef, commandRef, command: 'x', code }), commandId });
  const results: SyncMlCommand = { name: 'Results', commandId: '6', messageRef: '7', commandRef: '3', command: 'Get', items: [{ source: './b', data: '1' }] };
  const stale = status('7', '4', 200, '6');
  const stray = status('8', '5', 200);
  const replies = matchReplies(writer.message(true), [status('1', '0', 212), status('2', '1', 507), status('3', '2', 516), status('4', '2', 216), status('5', '3', 200), results, stale, stray, { name: 'Alert', commandId: '9', code: 1226, items: [] }]);
  expect(replies.header?.code).toBe(212);
  expect(replies.commands.map(({ command, statuses, results: items }) => [command.name, statuses.map(({ code }) => code), items.length])).toEqual([
    ['Atomic', [507], 0], ['Add', [516, 216], 0], ['Get', [200], 1], ['Exec', [], 0],
  ]);
  expect(replies.unmatched).toEqual([stale, stray]);
});

test('codes: what a row says of itself holds together, and unknown codes are trusted no further than their class', () => {
  for (const [code, row] of Object.entries(statusCodes)) {
    expect([code, row.outcome === 'done' || row.outcome === 'accepted']).toEqual([code, Number(code) < 214]);
    expect([code, row.retry === 'reconcile-first']).toEqual([code, row.outcome === 'unknown']);
  }
  expect(Object.entries(statusCodes).flatMap(([code, row]) => (row.mayBeUnknownNode ? [code] : []))).toEqual(['404', '405', '406']);
  expect(describeStatusCode(404)).toBe(statusCodes[404]);
  expect([299, 499, 599, 1].map((code) => describeStatusCode(code).outcome)).toEqual(['done', 'not-done', 'unknown', 'unknown']);
});

/** Sends a queue message by message, as two sides would: encoded, within the limit, decoded, put together again. */
function deliver(queue: CommandQueue, maxMessageBytes: number): { readonly commands: readonly SyncMlCommand[]; readonly messages: number; readonly codes: readonly number[] } {
  const commands: SyncMlCommand[] = [];
  const codes: number[] = [];
  let waiting = queue;
  let pending: PartialObject | undefined;
  for (let messages = 1; ; messages += 1) {
    const { message, rest } = fillMessage(header, waiting, maxMessageBytes);
    const bytes = new TextEncoder().encode(encodeSyncMl(message));
    expect(bytes.length).toBeLessThanOrEqual(maxMessageBytes);
    const decoded = decodeSyncMl(bytes);
    const whole = reassembleObjects(JSON.parse(JSON.stringify(pending ?? null)) as PartialObject ?? undefined, decoded.commands, 100_000);
    pending = whole.pending;
    commands.push(...whole.commands);
    codes.push(...whole.answers.map(({ code }) => code));
    expect(waiting.isContinued && JSON.stringify(decoded.commands[0]).includes('"sizeBytes"')).toBe(false);
    expect([whole.hasNoEndOfData, decoded.isFinal]).toEqual([false, rest.commands.length === 0]);
    expect(rest.isContinued).toBe(pending !== undefined);
    if (decoded.isFinal) return { commands, messages, codes };
    waiting = JSON.parse(JSON.stringify(rest)) as CommandQueue;
  }
}

const text = fc.string({ unit: fc.constantFrom('a', '&', 'ü', '\u{1f600}', ' ', '\n', '\r'), maxLength: 400, size: 'max' });
const item = fc.record({ target: fc.constantFrom('./a', './b'), data: text, meta: fc.record({ format: fc.constant('xml') }) }, { requiredKeys: ['target'] });
const waitingCommand = fc.oneof(
  fc.record({ name: fc.constantFrom('Add', 'Replace', 'Exec'), items: fc.tuple(item) }),
  fc.record({ name: fc.constant('Results'), messageRef: fc.constant('1'), commandRef: fc.constantFrom('1', '2'), command: fc.constant('Get'), items: fc.tuple(item) }),
  fc.constant(get('./a')),
) as fc.Arbitrary<NewSyncMlCommand>;

test('whatever is queued arrives whole and in order, in messages no longer than the other side takes', () => {
  fc.assert(fc.property(fc.array(waitingCommand, { maxLength: 6 }), fc.integer({ min: 700, max: 2000 }), (commands, maxMessageBytes) => {
    const strip = (some: readonly unknown[]): unknown => JSON.parse(JSON.stringify(some, (key, value: unknown) => (key === 'commandId' || key === 'sizeBytes' ? undefined : key === 'meta' && Object.keys(value as object).join() === 'sizeBytes' ? undefined : value)));
    expect(strip(deliver(queueOf(...commands), maxMessageBytes).commands)).toEqual(strip(commands));
  }));
});

test('a large value goes in chunks, each answered with 213 but the last, and an empty queue is one final message', () => {
  const delivered = deliver(queueOf(get('./a'), { name: 'Replace', items: [{ target: './b', data: '<>'.repeat(2_000) }] }, get('./c')), 4_096);
  expect(delivered.commands.map(({ name }) => name)).toEqual(['Get', 'Replace', 'Get']);
  expect(delivered.commands[1]).toMatchObject({ items: [{ data: '<>'.repeat(2_000), meta: { sizeBytes: 4_000 } }] });
  expect(delivered.codes).toEqual(Array.from({ length: delivered.messages - 1 }, () => 213));
  expect(delivered.messages).toBe(5);
  expect(deliver(queueOf(), 4_096)).toMatchObject({ commands: [], messages: 1 });
});

test('statuses that come before are in their message whatever follows, and a value gets past them in chunks', () => {
  const before = Array.from({ length: 3 }, (_, index) => statusOf({ messageRef: '1', commandRef: String(index), command: 'Alert', code: 200 }));
  const value = 'x'.repeat(1_000);
  const alone = utf8Length(encodeSyncMl(fillMessage(header, queueOf({ name: 'Add', items: [{ target: './a', data: value }] }), 100_000).message));
  // It would fit without the statuses; with them it never does.
  let waiting = queueOf({ name: 'Add', items: [{ target: './a', data: value }] });
  let pending: PartialObject | undefined;
  const received: SyncMlCommand[] = [];
  let messages = 0;
  for (; waiting.commands.length > 0 && messages < 9; messages += 1) {
    const { message, rest } = fillMessage(header, waiting, alone, before);
    expect([message.commands.slice(0, 3).map(({ name }) => name), utf8Length(encodeSyncMl(message)) <= alone]).toEqual([['Status', 'Status', 'Status'], true]);
    const whole = reassembleObjects(pending, message.commands.slice(3), 100_000);
    pending = whole.pending;
    received.push(...whole.commands);
    waiting = rest;
  }
  expect([messages, received]).toEqual([2, [expect.objectContaining({ name: 'Add', items: [expect.objectContaining({ data: value })] })]]);
  // What cannot be cut waits for a message with fewer statuses.
  const atomic: NewSyncMlCommand = { name: 'Atomic', commands: [{ name: 'Add', items: [{ target: './a', data: value }] }] };
  const statusBytes = utf8Length(encodeSyncMl(fillMessage(header, queueOf(), 100_000, before.slice(0, 2)).message)) - utf8Length(encodeSyncMl(fillMessage(header, queueOf(), 100_000).message));
  expect(fillMessage(header, queueOf(atomic), alone + statusBytes + 60, before)).toMatchObject({ message: { commands: [{}, {}, {}], isFinal: false }, rest: { commands: [atomic] } });
  expect(() => fillMessage(header, queueOf(atomic), alone, before)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('whatever the limit, a queue comes to its end or is refused, also when every message owes statuses', () => {
  const statuses = (count: number) => Array.from({ length: count }, (_, index) => statusOf({ messageRef: '1', commandRef: String(index), command: index === 0 ? 'SyncHdr' : 'Alert', code: 200 }));
  fc.assert(fc.property(fc.array(waitingCommand, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 900 }), fc.integer({ min: 2, max: 5 }), (commands, room, owed) => {
    const maxMessageBytes = utf8Length(encodeSyncMl(fillMessage(header, queueOf(), 100_000, statuses(2)).message)) + room;
    let waiting = queueOf(...commands);
    const send = (count: number): 'sent' | 'nothing' | 'refused' => {
      try {
        const { message, rest } = fillMessage(header, waiting, maxMessageBytes, statuses(count));
        waiting = rest;
        return message.commands.length > count ? 'sent' : 'nothing';
      } catch (error) {
        return RecoveryError.isInstance(error) && error.code === 'invalid-argument' ? 'refused' : 'nothing';
      }
    };
    // The first message owes most, and may have room for nothing but statuses; every later one takes something along.
    let outcome = send(owed);
    while (waiting.commands.length > 0 && outcome !== 'refused') {
      outcome = send(2);
      expect(outcome).not.toBe('nothing');
    }
  }));
  const long: NewSyncMlCommand = { name: 'Add', items: [{ target: `./${'x'.repeat(500)}`, data: 'value' }] };
  const { length: empty } = encodeSyncMl(fillMessage(header, queueOf(), 100_000, statuses(2)).message);
  expect(() => fillMessage(header, queueOf(long), empty + 100, statuses(2))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  expect(() => fillMessage(header, queueOf(long), empty + 100, statuses(9))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('what can neither be sent whole nor cut is refused', () => {
  const long = 'x'.repeat(5_000);
  const atomic: NewSyncMlCommand = { name: 'Atomic', commands: [{ name: 'Add', items: [{ target: './a', data: long }] }] };
  const two: NewSyncMlCommand = { name: 'Add', items: [{ target: './a', data: long }, { target: './b' }] };
  for (const command of [atomic, two, get(long)]) {
    expect(() => fillMessage(header, queueOf(command), 4_096)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('xxx') }));
    const first = fillMessage(header, queueOf(get('./a'), command), 4_096);
    expect([first.message.commands.length, first.rest.commands]).toEqual([1, [command]]);
  }
  expect(() => fillMessage(header, queueOf({ name: 'Add', items: [{ target: './a', data: long }] }), 400)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

const chunk = (data: string, more: { readonly sizeBytes?: number; readonly last?: boolean; readonly source?: string; readonly ref?: string } = {}): SyncMlCommand => ({
  name: 'Results', commandId: '5', messageRef: '1', commandRef: more.ref ?? '3', command: 'Get',
  items: [{ source: more.source ?? './a', ...(more.sizeBytes !== undefined && { meta: { sizeBytes: more.sizeBytes } }), data, ...(more.last !== true && { hasMoreData: true }) }],
});
const codesOf = (...commands: readonly SyncMlCommand[]): unknown => {
  const { answers, commands: whole, hasNoEndOfData, pending } = reassembleObjects(undefined, commands, 10);
  return { codes: answers.map(({ code }) => code), whole: whole.length, hasNoEndOfData, isPending: pending !== undefined };
};

test.each([
  ['no size', [chunk('a'), chunk('b', { last: true })], { codes: [411, 411], whole: 0, hasNoEndOfData: false, isPending: false }],
  ['more than is taken, by its own word', [chunk('a', { sizeBytes: 11 }), chunk('b', { last: true })], { codes: [413, 413], whole: 0, hasNoEndOfData: false, isPending: false }],
  ['more than was said', [chunk('aa', { sizeBytes: 3 }), chunk('bb'), chunk('c', { last: true })], { codes: [213, 424, 424], whole: 0, hasNoEndOfData: false, isPending: false }],
  ['more than was said, and then as much', [chunk('aa', { sizeBytes: 3 }), chunk('bb'), chunk('ccc', { last: true })], { codes: [213, 424, 424], whole: 0, hasNoEndOfData: false, isPending: false }],
  ['less than was said', [chunk('a', { sizeBytes: 3 }), chunk('b', { last: true })], { codes: [213, 424], whole: 0, hasNoEndOfData: false, isPending: false }],
  ['as much as was said', [chunk('a', { sizeBytes: 3 }), chunk('ü', { last: true })], { codes: [213], whole: 1, hasNoEndOfData: false, isPending: false }],
  ['another node in between', [chunk('a', { sizeBytes: 3 }), chunk('bb', { last: true, source: './b' })], { codes: [213], whole: 1, hasNoEndOfData: true, isPending: false }],
  ['another command in between', [chunk('a', { sizeBytes: 3 }), chunk('bb', { last: true, ref: '4' })], { codes: [213], whole: 1, hasNoEndOfData: true, isPending: false }],
  ['what carries no value in between', [chunk('a', { sizeBytes: 3 }), { name: 'Alert', commandId: '6', code: 1222, items: [] }], { codes: [213], whole: 1, hasNoEndOfData: false, isPending: true }],
] as const)('a large object with %s', (_what, commands, expected) => {
  expect(codesOf(...commands)).toEqual(expected);
});

test('a chunk that is not the last item of its command is never taken for a whole value', () => {
  const [started] = (chunk('a', { sizeBytes: 2 }) as { items: readonly object[] }).items;
  const both = { ...chunk('x', { sizeBytes: 2 }), items: [started, { source: './b', data: 'b' }] } as SyncMlCommand;
  const twice = { ...both, items: [started, { ...started, source: './b' }] } as SyncMlCommand;
  expect(codesOf(both)).toEqual({ codes: [400], whole: 0, hasNoEndOfData: false, isPending: false });
  expect(codesOf(twice)).toEqual({ codes: [400], whole: 0, hasNoEndOfData: false, isPending: true });
  expect(codesOf(chunk('a', { sizeBytes: 2 }), twice)).toEqual({ codes: [213, 400], whole: 0, hasNoEndOfData: false, isPending: true });
});
