import { decodeUriName } from '../csp/loc-uri.ts';
import type { DesiredNode } from './desired-node.ts';
import type { ReadNode, ReadSettings } from './read-settings.ts';

/** Whether a device has a node, by its own answer, by its parent's list of children, or by the absence of something above it. */
export function presenceOf(uri: string, nodes: readonly ReadNode[]): 'present' | 'absent' | 'unknown' {
  const own = nodes.find((node) => node.uri === uri);
  if (own?.status === 200) return 'present';
  if (own?.status === 404) return 'absent';
  const slash = uri.lastIndexOf('/');
  if (slash <= 0) return 'unknown';
  const parent = nodes.find((node) => node.uri === uri.slice(0, slash));
  if (parent?.status === 200 && parent.value !== undefined) {
    return childNames(parent.value).includes(decodeUriName(uri.slice(slash + 1)) ?? '') ? 'present' : 'absent';
  }
  return presenceOf(uri.slice(0, slash), nodes) === 'absent' ? 'absent' : 'unknown';
}

/** Names of children, decoded, from the value of an interior node. Names with broken escapes are left out. */
export function childNames(value: string): readonly string[] {
  return value.split('/').flatMap((segment) => (segment === '' ? [] : (decodeUriName(segment) ?? [])));
}

/**
 * The one verb to send for a node: Replace when the device has it, Add when it has not.
 *
 * Add also when that is not known: 418 then says beyond doubt that Replace is due, where the 404 of a Replace may also mean that the whole provider is absent.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/wifi-csp
 */
export function verbFor(node: Pick<DesiredNode, 'uri'>, actual: Pick<ReadSettings, 'nodes'> | undefined): 'Add' | 'Replace' {
  return presenceOf(node.uri, actual?.nodes ?? []) === 'present' ? 'Replace' : 'Add';
}
