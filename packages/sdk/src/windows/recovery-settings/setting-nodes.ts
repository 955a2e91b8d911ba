import { SecretValue } from '../../contract/secret.ts';
import type { CspNode, CspTable } from '../csp/csp-node.ts';
import { nodeUri } from '../csp/loc-uri.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { DesiredNode } from './desired-node.ts';

/** The row of a leaf. @throws {RecoveryError} `internal` when the table has no such leaf */
export function leafOf(table: CspTable, path: string): CspNode & { readonly format: DesiredNode['format'] } {
  const node = table.nodes.find((row) => row.path === path);
  if (node === undefined || node.format === 'node') throw new RecoveryError('internal', `${table.root} has no leaf ${path} in its table`);
  return { ...node, format: node.format };
}

/** A leaf with a value, written as its format asks. The caller has checked the range. */
export function desiredNode(table: CspTable, path: string, value: boolean | number | string): DesiredNode {
  const { format, isSecret } = leafOf(table, path);
  const uri = nodeUri(table, path);
  return isSecret === true ? { uri, format, isSecret, value: new SecretValue(String(value)) } : { uri, format, isSecret: false, value: String(value) };
}

/** Why a node does not take a number, or undefined when it does. */
export function rangeFault({ path, range, unit }: CspNode, value: number): string | undefined {
  if (range === undefined || (value >= range.min && value <= (range.max ?? Number.MAX_SAFE_INTEGER))) return undefined;
  const limits = range.max === undefined ? `at least ${range.min}` : `${range.min} to ${range.max}`;
  return `${path} takes ${limits}${unit === undefined ? '' : ` ${unit}`}, not ${value}`;
}
