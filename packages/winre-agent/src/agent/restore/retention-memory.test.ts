import type { RestorePolicy } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { retentionAfter, type RetentionMemory } from './retention-memory.ts';

const hour = 3_600_000;
const policy = (retentionHours: RestorePolicy['retentionHours'], maxDiskBytes = 1_000): RestorePolicy => ({ enabled: true, cadenceHours: 4, retentionHours, maxDiskBytes });
const empty: RetentionMemory = { former: [] };

test('the first policy holds at once, and so does a more generous one', () => {
  const first = retentionAfter(empty, policy(6), 0);
  expect(first).toMatchObject({ retentionHours: 6, maxDiskBytes: 1_000 });
  expect(retentionAfter(first.memory, policy(72, 2_000), hour)).toMatchObject({ retentionHours: 72, maxDiskBytes: 2_000, memory: { former: [] } });
});

test('a stricter one holds once the retention that was promised before has run out', () => {
  const generous = retentionAfter(empty, policy(24), 0);
  const stricter = retentionAfter(generous.memory, policy(6, 1), hour);
  expect(stricter).toMatchObject({ retentionHours: 24, maxDiskBytes: 1_000 });
  expect(retentionAfter(stricter.memory, policy(6, 1), 25 * hour - 1)).toMatchObject({ retentionHours: 24, maxDiskBytes: 1_000 });
  expect(retentionAfter(stricter.memory, policy(6, 1), 25 * hour)).toMatchObject({ retentionHours: 6, maxDiskBytes: 1, memory: { former: [] } });
});

test('a policy that changes to and fro is remembered once', () => {
  let { memory } = retentionAfter(empty, policy(24), 0);
  for (let round = 1; round <= 50; round += 1) ({ memory } = retentionAfter(memory, policy(round % 2 === 1 ? 6 : 24), round));
  expect(memory.former).toHaveLength(1);
});
