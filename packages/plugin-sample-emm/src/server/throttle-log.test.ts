import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { throttleLog } from './throttle-log.ts';

test('a flood of one kind is cut short and counted, and hides no other kind', async () => {
  const clock = createManualClock();
  const lines: unknown[] = [];
  const logger = throttleLog({ log: (level, message, fields) => void lines.push({ level, message, ...fields }) }, clock);
  const knock = (refusal: string): void => logger.log('warn', 'refused', { code: 'unauthenticated', refusal });
  for (let count = 0; count < 100; count += 1) knock('no-certificate');
  knock('revoked');
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toEqual({ level: 'warn', message: 'refused', code: 'unauthenticated', refusal: 'revoked' });
  await clock.advance(60_000);
  knock('no-certificate');
  knock('no-certificate');
  expect(lines.slice(21)).toEqual([expect.objectContaining({ refusal: 'no-certificate', leftOut: 80 }), expect.not.objectContaining({ leftOut: 80 })]);
});
