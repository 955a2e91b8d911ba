import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { createJsonLineLogger } from './json-line-logger.ts';

test('writes one object a line, and of an error its kind and place but not its text', () => {
  const lines: string[] = [];
  const logger = createJsonLineLogger((line) => lines.push(line), createManualClock());
  logger.log('error', 'failed', { path: '/x', cause: Object.assign(new TypeError('quotes hunter2'), { code: 'E_X' }) });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ at: '2026-11-22T03:00:00.000Z', level: 'error', message: 'failed', path: '/x', cause: { error: 'TypeError', code: 'E_X' } });
  expect(lines[0]).not.toContain('hunter2');
  expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
});
