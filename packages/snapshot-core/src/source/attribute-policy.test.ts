import { expect, test } from 'vitest';
import { isKeptAttribute } from './attribute-policy.ts';

test.each([
  ['user.comment', 'linux', true], ['trusted.overlay.opaque', 'linux', true], ['security.capability', 'linux', true], ['security.selinux', 'linux', true],
  ['system.posix_acl_access', 'linux', true], ['system.posix_acl_default', 'linux', true],
  ['security.evm', 'linux', false], ['system.nfs4_acl', 'linux', false], ['btrfs.compression', 'linux', false], ['user', 'linux', false],
  ['com.apple.quarantine', 'darwin', true], ['com.apple.provenance', 'darwin', false], ['system.x', 'freebsd', true],
] as const)('%s on %s: %s', (name, platform, kept) => {
  expect(isKeptAttribute(Buffer.from(name), platform)).toBe(kept);
});
