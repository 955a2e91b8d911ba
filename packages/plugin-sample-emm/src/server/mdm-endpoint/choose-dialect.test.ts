import { expect, test } from 'vitest';
import { chooseDialect, type DialectFacts } from './choose-dialect.ts';

const facts: DialectFacts = { osBuild: '10.0.26100.8737', edition: 'enterprise', present: ['recovery', 'remote-remediation'], ruledOut: [] };

test('the newest provider that the device has is spoken to, whatever edition it was enrolled with', () => {
  expect(chooseDialect(facts)).toBe('recovery');
  expect(chooseDialect({ ...facts, edition: 'home' })).toBe('recovery');
  expect(chooseDialect({ ...facts, osBuild: undefined })).toBe('recovery');
  expect(chooseDialect({ ...facts, present: ['remote-remediation'] })).toBe('remote-remediation');
});

test('a device that showed no root is asked in the dialect of its build, and in none that was ruled out', () => {
  expect(chooseDialect({ ...facts, present: [] })).toBe('recovery');
  expect(chooseDialect({ ...facts, present: [], osBuild: '10.0.26100.4700' })).toBe('remote-remediation');
  expect(chooseDialect({ ...facts, present: [], osBuild: '10.0.22621.1000' })).toBe('none');
  expect(chooseDialect({ ...facts, present: [], osBuild: 'of another form' })).toBe('none');
  expect(chooseDialect({ ...facts, present: [], ruledOut: ['recovery'] })).toBe('none');
  expect(chooseDialect({ ...facts, ruledOut: ['recovery'] })).toBe('remote-remediation');
  expect(chooseDialect({ ...facts, ruledOut: ['recovery', 'remote-remediation'] })).toBe('none');
});
