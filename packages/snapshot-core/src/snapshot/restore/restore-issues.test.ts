import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxReportedIssues } from '../item-issue.ts';
import { RestoreIssues } from './restore-issues.ts';

test('the first issues are kept, in the order of the steps, in whatever order they come', () => {
  const steps = fc.integer({ min: 0, max: 6_000 }).chain((count) => fc.shuffledSubarray(Array.from({ length: count }, (_, step) => step), { minLength: count }));
  fc.assert(fc.property(steps, (order) => {
    const issues = new RestoreIssues();
    for (const step of order) {
      issues.add(step, Buffer.from(String(step)), 'damaged', 'first');
      issues.of(step).add(Buffer.from(String(step)), 'metadata', 'second');
    }
    const expected = order.toSorted((left, right) => left - right).flatMap((step) => [`${step} first`, `${step} second`]).slice(0, maxReportedIssues);
    expect(issues.list().map(({ displayPath, message }) => `${displayPath} ${message}`)).toEqual(expected);
    expect([issues.count, issues.reasons.size]).toEqual([2 * order.length, Math.min(2, 2 * order.length)]);
  }), { numRuns: 20 });
});
