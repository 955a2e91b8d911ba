import { expect, test } from 'vitest';
import { chooseDialect, type DialectFacts } from './choose-dialect.ts';

const facts: DialectFacts = { osBuild: '10.0.26100.8737', edition: 'enterprise', present: ['recovery', 'remote-remediation'], absent: [], ruledOut: [] };

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
  expect(chooseDialect({ ...facts, present: [], absent: ['recovery', 'remote-remediation'] })).toBe('recovery');
  expect(chooseDialect({ ...facts, ruledOut: ['recovery'] })).toBe('remote-remediation');
  expect(chooseDialect({ ...facts, ruledOut: ['recovery', 'remote-remediation'] })).toBe('none');
});

test('none is said when both roots are absent or the build has neither; otherwise it cannot be told', () => {
  const silent: DialectFacts = { ...facts, osBuild: undefined, present: [] };
  for (const osBuild of [undefined, 'of another form']) {
    expect(chooseDialect({ ...silent, osBuild })).toBeUndefined();
    expect(chooseDialect({ ...silent, osBuild, absent: ['recovery'] })).toBeUndefined();
    expect(chooseDialect({ ...silent, osBuild, absent: ['recovery', 'remote-remediation'] })).toBe('none');
    expect(chooseDialect({ ...silent, osBuild, absent: ['recovery'], ruledOut: ['remote-remediation'] })).toBe('none');
  }
});
