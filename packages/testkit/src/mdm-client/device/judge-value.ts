import type { CommandItem } from '../syncml/server-command.ts';
import { judgeWlanProfile } from './judge-wlan-profile.ts';
import type { NodeDefinition } from './node-definition.ts';
import type { TreePath } from './loc-uri.ts';
import type { RefusalReason } from './refusals.table.ts';

export interface Refusal {
  readonly refusal: RefusalReason;
  readonly reason: string;
}

/** Why a value does not fit its node, or undefined. Says nothing of other nodes. Pure. */
export function judgeValue(definition: NodeDefinition, path: TreePath, item: CommandItem): Refusal | undefined {
  const format = item.format ?? 'chr';
  const value = item.data ?? '';
  if (item.hasCdata) return { refusal: 'cdata', reason: 'data in a CDATA section is not taken; it has to be escaped' };
  if (format !== definition.format) return { refusal: 'wrong-format', reason: `format ${format}, expected ${definition.format}` };
  if (definition.format === 'bool' && value !== 'true' && value !== 'false') return { refusal: 'not-of-its-format', reason: 'expected true or false' };
  if (definition.format === 'int') {
    if (!/^-?[0-9]{1,10}$/.test(value)) return { refusal: 'not-of-its-format', reason: 'expected a whole number' };
    const [smallest, largest] = definition.range ?? [-2_147_483_648, 2_147_483_647];
    if (Number(value) < smallest || Number(value) > largest) return { refusal: 'out-of-range', reason: `expected ${smallest} to ${largest}, got ${value}` };
  }
  return definition.content === 'wlan-profile' ? judgeWlanProfile(value, path.segments.at(-2) ?? '') : undefined;
}
