/**
 * Whether an extended attribute belongs to the file and so into a snapshot. Pure.
 *
 * Linux: `user.` and `trusted.`; `security.` (file capabilities, labels) but for the kernel's own seal over an inode,
 * `security.evm`; of `system.` the POSIX ACLs. Everything else there and in namespaces such as `btrfs.` is how a file system
 * shows itself, and made anew by the one that holds the file. Elsewhere: everything but what macOS keeps to itself.
 */
export function isKeptAttribute(name: Uint8Array, platform: NodeJS.Platform): boolean {
  const text = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
  if (platform !== 'linux' && platform !== 'android') return text !== 'com.apple.provenance';
  if (text.startsWith('system.')) return text === 'system.posix_acl_access' || text === 'system.posix_acl_default';
  return text !== 'security.evm' && ['user.', 'trusted.', 'security.'].some((namespace) => text.startsWith(namespace));
}
