import { posix } from 'node:path';
import { isTestFile } from '../is-test-file.ts';
import type { WorkspacePackage } from '../read-workspace.ts';
import { floorOf, homeOf } from './floor-of.ts';
import { findLayer, type LayerList } from './layer-list.ts';
import type { ModuleImport } from './read-imports.ts';

/** Says why an import is not allowed, or undefined when it is. Pure: paths and lists in, a reason out. */
export function judgeImport(
  from: string,
  { specifier }: ModuleImport,
  layers: LayerList,
  packages: readonly WorkspacePackage[],
): string | undefined {
  if (specifier === undefined) {
    return isTestFile(from) || floorOf(from) === undefined ? undefined : 'imports a computed name, which no one can check; name the module';
  }
  if (specifier.startsWith('.')) return judgeRelative(from, specifier, layers);
  const home = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (home !== undefined) return judgePackage(from, specifier, home, layers);
  return specifier.startsWith('@winre-kit/') ? `imports '${specifier}', which is no package of this workspace` : undefined;
}

function judgeRelative(from: string, specifier: string, layers: LayerList): string | undefined {
  const target = posix.join(posix.dirname(from), specifier);
  if (homeOf(target) !== homeOf(from)) return `imports '${specifier}', which leaves ${homeOf(from)}; reach other packages by their name`;
  const to = floorOf(target);
  return to === undefined ? undefined : judgeEdge(from, specifier, [to.floor], layers);
}

function judgePackage(from: string, specifier: string, target: WorkspacePackage, layers: LayerList): string | undefined {
  const subpath = `.${specifier.slice(target.name.length)}`;
  const source = target.entries.get(subpath);
  if (source === undefined) return `imports '${specifier}', which is no entry of ${target.name}'s exports map`;
  const label = posix.join(target.folder, subpath);
  const floor = floorOf(source)?.floor;
  return judgeEdge(from, specifier, floor === undefined || floor === label ? [label] : [label, floor], layers);
}

/** `targets` are the names under which the list may know the imported module: its entry, and the floor behind it. */
function judgeEdge(from: string, specifier: string, targets: readonly string[], layers: LayerList): string | undefined {
  const place = floorOf(from);
  if (place === undefined || targets.includes(place.floor)) return undefined;
  const [packageName = ''] = place.floor.split('/');
  if (place.isRootIndex && targets.some((target) => target.startsWith(`${packageName}/`))) return undefined;
  if (isTestFile(from) && targets.some(isTestEntry)) return undefined;
  const layer = findLayer(layers, place.floor);
  if (layer === undefined) {
    const speaker = place.isRootIndex ? `${place.floor} (its root index may gather its own folders only)` : place.floor;
    return `imports '${specifier}', but no line of the floors speaks for ${speaker}`;
  }
  const isOneFloor = layer.name.endsWith('/*') && targets.some((target) => findLayer(layers, target)?.name === layer.name);
  if (isOneFloor || targets.some((target) => allows(layer.allowed, target))) return undefined;
  const allowed = layer.allowed.size === 0 ? 'nothing' : [...layer.allowed].join(', ');
  return `imports '${specifier}': ${place.floor} may not import ${targets.join(' = ')}; it may import ${allowed}`;
}

function isTestEntry(target: string): boolean {
  return target === 'testkit' || target.startsWith('testkit/') || target.endsWith('/testing');
}

function allows(allowed: ReadonlySet<string>, target: string): boolean {
  return allowed.has('*') || allowed.has(target) || (target.includes('/') && allowed.has(`${target.split('/')[0]}/*`));
}
