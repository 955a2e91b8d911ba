import type { CspDialect } from '../csp/csp-dialect.ts';
import { nodeUri } from '../csp/loc-uri.ts';
import { credentialPaths, dialectTables, wifiPaths } from './setting-paths.table.ts';

/**
 * Addresses to Get, outside of any Atomic, to know what a device has: every leaf but secret ones, and the interior nodes whose children tell which networks there are.
 * Networks of the Recovery provider have names of their own; {@link ReadSettings.stillToRead} lists their leaves after the first answer.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support (Get is not allowed inside Atomic; the value of an interior node is the names of its children)
 */
export function nodesToRead(dialect: CspDialect): readonly string[] {
  const table = dialectTables[dialect];
  const networks = dialect === 'recovery' ? wifiPaths.group : credentialPaths.group;
  const isRead = table.nodes.filter((node) => node.path === networks || (node.format !== 'node' && node.isSecret !== true && node.access.has('get')));
  return isRead.map(({ path }) => nodeUri(table, path));
}
