import { expect, test } from 'vitest';
import { judgeChunk } from './cut-value.ts';
import type { AskedCommand } from './mdm-session.ts';

const cut = { uri: './a', sentLength: 5 };
const other: AskedCommand = { commandId: '1', name: 'Add', uri: './b', status: 200 };
const chunk = (status?: number): AskedCommand => ({ commandId: '2', name: 'Add', uri: './a', ...(status !== undefined && { status }) });
const judge = (asked: readonly AskedCommand[], fingerprint = 'f') => judgeChunk({ cut, asked, sentFingerprint: 'f' }, fingerprint);

test('a value goes on when its chunk is buffered, or had no room yet, and while the same state is sent', () => {
  expect(judge([other, chunk(213)])).toEqual({ judged: [other], goesOn: cut, isStopped: false });
  expect(judge([other])).toEqual({ judged: [other], goesOn: cut, isStopped: false });
  expect([judge([other, chunk(213)], 'g'), judge([other], 'g')]).toEqual([{ judged: [other], isStopped: true }, { judged: [other], isStopped: true }]);
  expect(judgeChunk({ asked: [other] }, 'f')).toEqual({ judged: [other], isStopped: false });
});

test('a refused chunk is judged as the refusal that it is; one that is said to be done leaves the value unwritten', () => {
  for (const status of [413, 425, 417, undefined]) expect(judge([other, chunk(status)])).toEqual({ judged: [other, chunk(status)], isStopped: false });
  for (const status of [200, 202]) expect(judge([other, chunk(status)])).toEqual({ judged: [other], isStopped: true });
});
