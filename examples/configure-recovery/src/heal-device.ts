import { nodesToRead, parseReadback, settingsDrift, valueOfNode, verbFor, type CompiledSettings, type CspDialect, type Drift, type ReadResult, type ReadSettings } from '@winre-kit/sdk/windows';

/** One command on one node; its value may be secret. */
export interface Change {
  readonly verb: 'Add' | 'Replace' | 'Delete';
  readonly uri: string;
  readonly format?: string;
  readonly value?: string;
}

/** An MDM session, whoever holds it. */
export interface DeviceSession {
  /** One answer for each address, in any order. */
  get(uris: readonly string[]): Promise<readonly ReadResult[]>;
  send(changes: readonly Change[], options: { readonly isAtomic: boolean }): Promise<void>;
}

// #region read
async function readDevice(session: DeviceSession, dialect: CspDialect): Promise<ReadSettings> {
  const first = await session.get(nodesToRead(dialect));
  const { stillToRead } = parseReadback(first, dialect); // a leaf for each Wi-Fi network that the device lists
  return parseReadback([...first, ...(await session.get(stillToRead))], dialect);
}
// #endregion

/** Writes what differs. @returns what differs still */
export async function healDevice(session: DeviceSession, compiled: CompiledSettings, dialect: CspDialect): Promise<readonly Drift[]> {
  // #region heal
  const actual = await readDevice(session, dialect);
  const drift = settingsDrift(compiled, actual);
  const differing = compiled.groups.filter(({ nodes }) => drift.some(({ kind, uri }) => kind !== 'extra' && nodes.some((node) => node.uri === uri)));
  for (const { nodes, isAtomic } of differing) { // whole: the nodes of a group depend on each other
    const changes = nodes.map((node) => ({ verb: verbFor(node, actual), uri: node.uri, format: node.format, value: valueOfNode(node) }));
    await session.send(changes, { isAtomic });
  }
  for (const { uri, isAtomic = false } of drift.filter(({ kind }) => kind === 'extra')) { // a network that the settings do not name
    await session.send([{ verb: 'Delete', uri }], { isAtomic });
  }
  return settingsDrift(compiled, await readDevice(session, dialect));
  // #endregion
}
