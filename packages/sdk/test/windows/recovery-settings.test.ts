import fc from 'fast-check';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { compileSettings, nodesToRead, parseReadback, recoveryCsp, remoteRemediationCsp, settingsDrift, valueOfNode, type CompiledSettings, type CspDialect, type CspNode, type DesiredNode, type NotExpressed, type ReadResult, type RecoverySettings } from '../../src/windows/index.ts';
import { arbitrarySettings, arbitraryTarget } from './arbitrary-settings.ts';

const tables = { recovery: recoveryCsp, 'remote-remediation': remoteRemediationCsp };

/** What a device that took every node answers to a Get of all that exists: leaves with their values, interior nodes with their children, 404 for the rest. */
function readBack({ groups }: CompiledSettings, dialect: CspDialect): ReadResult[] {
  const leaves = groups.flatMap(({ nodes }) => nodes);
  const answer = (uri: string): ReadResult => {
    const leaf = leaves.find((node) => node.uri === uri);
    if (leaf !== undefined) return { uri, status: 200, format: leaf.format, value: valueOfNode(leaf) };
    const children = new Set(leaves.flatMap((node) => (node.uri.startsWith(`${uri}/`) ? (node.uri.slice(uri.length + 1).split('/')[0] ?? []) : [])));
    return children.size > 0 ? { uri, status: 200, format: 'node', value: [...children].join('/') } : { uri, status: 404 };
  };
  const first = nodesToRead(dialect).map(answer);
  return [...first, ...parseReadback(first, dialect).stillToRead.map(answer)];
}

/** What a policy lost on the way to a device and back, beyond what `notExpressed` says. */
function lostMembers(wanted: object | undefined, read: object, member: string, notExpressed: readonly NotExpressed[]): string[] {
  return Object.entries(wanted ?? {}).flatMap(([name, value]) => {
    const actual: unknown = Object.entries(read).find(([key]) => key === name)?.[1];
    const exception = notExpressed.find(({ setting }) => setting === `${member}.${name}` || setting === member);
    if (actual === value) return exception?.kind === 'rounded' ? [`${name} is called rounded and is not`] : [];
    if (exception?.kind === 'rounded') return Number(value) - Number(actual) < 1_048_576 ? [] : [`${name} lost too much`];
    return exception !== undefined && actual === undefined ? [] : [`${name}: ${String(value)} came back as ${String(actual)}`];
  });
}

/** Names of the networks that have nodes. A hidden network whose hiding is lost is still there. */
function expressedNetworks({ networks = [] }: RecoverySettings, notExpressed: readonly NotExpressed[]): string[] {
  const isRefused = (index: number): boolean => notExpressed.some(({ setting }) => `${setting}.`.startsWith(`networks.${index}.`) && !setting.endsWith('.hidden'));
  return networks.filter((_, index) => !isRefused(index)).map(({ profile }) => profile.ssid);
}

test('what was compiled and read back is what was asked for, but for what notExpressed names', () => {
  fc.assert(
    fc.property(arbitrarySettings, arbitraryTarget, (settings, target) => {
      const compiled = compileSettings(settings, target);
      const dialect = compiled.dialect === 'none' ? 'recovery' : compiled.dialect;
      const read = parseReadback(readBack(compiled, dialect), dialect);
      const lost = [
        ...lostMembers(settings.remediation, read.remediation, 'remediation', compiled.notExpressed),
        ...lostMembers(settings.restore, read.restore, 'restore', compiled.notExpressed),
      ];
      expect([lost, read.unknown, read.stillToRead, settingsDrift(compiled, read)]).toEqual([[], [], [], []]);
      expect(read.networks.map(({ ssid }) => ssid).toSorted()).toEqual(expressedNetworks(settings, compiled.notExpressed).toSorted());
    }),
    { numRuns: 1_000 },
  );
});

/** How a node breaks its row, given what was sent before it in the same group. */
function rowFaults(node: DesiredNode, path: string, row: CspNode | undefined, sent: ReadonlyMap<string, string>): string[] {
  if (row === undefined) return [`${path}: no row`];
  const value = valueOfNode(node);
  const { min = 0, max = Infinity } = row.range ?? {};
  return [
    row.format === node.format ? [] : `${path}: format`,
    row.access.has('add') && row.access.has('replace') ? [] : `${path}: access`,
    row.format !== 'int' || (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) ? [] : `${path}: ${value}`,
    row.format !== 'bool' || value === 'true' || value === 'false' ? [] : `${path}: ${value}`,
    row.dependsOn === undefined || sent.get(row.dependsOn.path) === row.dependsOn.value ? [] : `${path}: needs ${row.dependsOn.path}`,
    row.notAbove === undefined || Number(value) <= Number(sent.get(row.notAbove)) ? [] : `${path}: above ${row.notAbove}`,
    (row.isSecret === true) === node.isSecret ? [] : `${path}: secret`,
  ].flat();
}

test('every node is within its row of the table, after what it depends on', () => {
  fc.assert(
    fc.property(arbitrarySettings, arbitraryTarget, (settings, target) => {
      const { dialect, groups } = compileSettings(settings, target);
      const table: { root: string; nodes: readonly CspNode[] } = tables[dialect === 'none' ? 'recovery' : dialect];
      const faults = groups.flatMap(({ root, nodes }) => {
        const sent = new Map<string, string>();
        return nodes.flatMap((node) => {
          const path = node.uri.slice(table.root.length + 1).replace(/(Wifi)\/[^/]+\//, '$1/{SSID}/');
          const found = rowFaults(node, path, table.nodes.find((row) => row.path === path), sent);
          sent.set(path, valueOfNode(node));
          return node.uri.startsWith(`${root}/`) ? found : [...found, `${node.uri} is not below ${root}`];
        });
      });
      const uris = groups.flatMap(({ nodes }) => nodes.map(({ uri }) => uri));
      expect([faults, new Set(uris).size]).toEqual([[], uris.length]);
    }),
    { numRuns: 1_000 },
  );
});

test('where neither provider is there, every setting is named as not expressed, with the reason', () => {
  fc.assert(
    fc.property(arbitrarySettings, (settings) => {
      const { groups, notExpressed } = compileSettings(settings, { build: { build: 22_631, revision: 1 }, edition: 'pro' });
      const wanted = [...(settings.remediation ? ['remediation'] : []), ...(settings.restore ? ['restore'] : []), ...(settings.networks ?? []).map((_, index) => `networks.${index}`)];
      expect([groups, notExpressed.map(({ setting }) => setting), notExpressed.every(({ reason }) => reason.includes('22631'))]).toEqual([[], wanted, true]);
    }),
  );
});

test('one leaf that a device lost is one drift, at that leaf', () => {
  fc.assert(
    fc.property(arbitrarySettings, arbitraryTarget, fc.nat(), (settings, target, pick) => {
      const compiled = compileSettings(settings, target);
      const leaves = compiled.groups.flatMap(({ nodes }) => nodes.map(({ uri }) => uri));
      const dialect = compiled.dialect === 'none' ? 'recovery' : compiled.dialect;
      const lost = leaves[pick % Math.max(1, leaves.length)];
      const results = readBack(compiled, dialect).filter(({ uri }) => uri !== lost);
      const read = parseReadback(lost === undefined ? results : [...results, { uri: lost, status: 404 }], dialect);
      expect(settingsDrift(compiled, read).map(({ uri, kind }) => [uri, kind])).toEqual(lost === undefined ? [] : [[lost, 'missing']]);
    }),
  );
});

test('no key shows in what is compiled, read back or compared', () => {
  fc.assert(
    fc.property(arbitrarySettings, arbitraryTarget, (settings, target) => {
      const compiled = compileSettings(settings, target);
      const dialect = compiled.dialect === 'none' ? 'recovery' : compiled.dialect;
      const read = parseReadback(readBack(compiled, dialect), dialect);
      const shown = [compiled, read, settingsDrift(compiled, parseReadback([], dialect))];
      expect(`${inspect(shown, { depth: 20 })}${JSON.stringify(shown)}`).not.toContain('canary-');
    }),
  );
});
