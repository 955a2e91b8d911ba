import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResultsReply } from '../syncml/client-command.ts';
import type { OutgoingCommand } from '../syncml/write-client-message.ts';
import { composeMessage } from './compose-message.ts';

const header = { sessionId: '1', msgId: '1', targetUri: 'https://contoso.example/omadm', sourceUri: 'PC-1', maxMsgSizeBytes: 524_288 };
const status = (cmdRef: string): OutgoingCommand => ({ msgRef: '1', command: { kind: 'status', cmdRef, cmd: 'Get', status: 200 } });
const results = (data: string): OutgoingCommand => ({ msgRef: '1', command: { kind: 'results', cmdRef: '1', sourceUri: './a', format: 'chr', data } });
const bytes = (text: string): number => new TextEncoder().encode(text).length;

test('what fits goes out in one message that is final', () => {
  const message = composeMessage(header, [status('1'), results('x')], 10_000);
  expect([message.sent, message.rest, message.text.includes('<Final/>')]).toEqual([[status('1'), results('x')], [], true]);
});

test('what does not fit waits, and the message is not final', () => {
  const message = composeMessage(header, [status('1'), status('2'), status('3')], 620);
  expect([message.sent.length + message.rest.length, message.rest.length > 0, message.text.includes('<Final/>')]).toEqual([3, true, false]);
});

test('a limit that leaves no room for anything is refused', () => {
  expect(() => composeMessage(header, [status('1')], 300)).toThrow(expect.objectContaining({ code: 'resource-exhausted' }));
});

test('results of any text and size arrive in chunks that fit, and are the text again', () => {
  const data = fc.string({ unit: 'grapheme', maxLength: 1_500, size: 'max' }).filter((text) => text.isWellFormed());
  fc.assert(fc.property(data, fc.integer({ min: 700, max: 3_000 }), (text, limit) => {
    let outbox: readonly OutgoingCommand[] = [status('1'), results(text), status('2')];
    const chunks: ResultsReply[] = [];
    while (outbox.length > 0) {
      const message = composeMessage(header, outbox, limit);
      expect(bytes(message.text)).toBeLessThanOrEqual(limit);
      chunks.push(...message.sent.flatMap(({ command }) => (command.kind === 'results' ? [command] : [])));
      outbox = message.rest;
    }
    expect(chunks.map((chunk) => chunk.data).join('')).toBe(text);
    expect(chunks.map(({ hasMoreData }) => hasMoreData === true)).toEqual(chunks.map((_, index) => index < chunks.length - 1));
    expect(chunks.map(({ sizeBytes }) => sizeBytes)).toEqual(chunks.map((_, index) => (index === 0 && chunks.length > 1 ? bytes(text) : undefined)));
  }), { numRuns: 200, endOnFailure: true });
});
