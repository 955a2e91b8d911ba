import { expect, test } from 'vitest';
import { readFilter } from './odata-filter.ts';

const device = { deviceName: "O'Brien and sons", isEncrypted: true, enrolledDateTime: '2026-11-22T03:00:00.000Z', tag: null };

test.each([
  ["deviceName eq 'o''brien and sons'", true],
  ["deviceName eq 'O''Brien'", false],
  ["startswith(deviceName,'O''') and isEncrypted eq true", true],
  ["contains(deviceName,'BRIEN') and isEncrypted eq false", false],
  ['enrolledDateTime ge 2026-11-22T03:00:00.000Z', true],
  ['enrolledDateTime gt 2026-11-22T03:00:00.000Z', false],
  ['enrolledDateTime lt 2026-11-23T00:00:00Z', true],
  ['tag eq null', true],
  ["deviceName ne 'x'", true],
])('%s is %s', (text, expected) => {
  const verdict = readFilter(text);
  expect(verdict.kind === 'test' && verdict.test(device)).toBe(expected);
});

test.each(["deviceName eq 'open", 'deviceName', "deviceName eq 'a' or deviceName eq 'b'", "not contains(deviceName,'a')", ''])('%s cannot be read', (text) => {
  expect(readFilter(text).kind).toBe('unreadable');
});
