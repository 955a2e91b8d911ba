import { requireCredential, type Credential } from '../encryption/wrapping-key.ts';
import { unwrapSecrets, wrapSecrets } from '../encryption/wrap-secrets.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { maxDataKeys, type KeyFile } from '../format/key-file.ts';
import { sameBytes } from '../format/same-bytes.ts';
import { listKeyFiles, makeKeyFile, openKeyFile, storeKeyFile, type KeyFileList, type OpenedKeyFile } from './key-files.ts';
import type { LeaseOptions } from './lease.ts';
import type { AddKeyOptions, KeyDescription, RepositoryKeys, RotateDataKeyOptions } from './repository-keys.ts';
import { reloadIndex, type RepositoryState } from './repository-state.ts';
import { requireExclusivity } from './require-exclusivity.ts';

/**
 * The keys of an opened repository.
 *
 * @param opened what opened it; `undefined` when it is not encrypted
 */
export function manageKeys(state: RepositoryState, opened: OpenedKeyFile | undefined): RepositoryKeys {
  const { storage, clock, randomBytes, leases } = state;
  const { repositoryId } = state.config;
  let own = opened;

  function requireOwn(): OpenedKeyFile {
    if (!own) throw new SnapshotError('argument/invalid', `the repository in ${storage.description} is not encrypted: it has no keys. Encryption is chosen when a repository is created`);
    return own;
  }

  const isOwn = ({ id }: KeyFile): boolean => id === own?.file.id;

  const list = (options?: LeaseOptions): Promise<KeyFileList> => listKeyFiles(storage, repositoryId, options);

  /** Whoever lacks a data key changes nothing: what he writes would lack it too, and a new data key could take its number. */
  async function alone<T>(work: () => Promise<T>, options?: LeaseOptions): Promise<T> {
    requireOwn();
    const giveBack = await leases.acquire('exclusive', options);
    try {
      await reloadIndex(state, options);
      state.objects.requireEveryDataKey();
      return await work();
    } finally {
      await giveBack();
    }
  }

  /** What the key file that opened us holds now: another process may have rotated the data key since, or removed the file. */
  function refreshOwn(files: readonly KeyFile[]): OpenedKeyFile {
    const { file, wrappingKey } = requireOwn();
    const current = files.find(({ id }) => id === file.id);
    const secrets = current && unwrapSecrets(current, wrappingKey, repositoryId);
    if (!secrets) throw new SnapshotError('repository/key-required', 'the key file that opened this repository is gone; open it again with a passphrase or key that is still there');
    own = { file: current, wrappingKey, secrets };
    return own;
  }

  async function store(credential: Credential, options?: AddKeyOptions): Promise<OpenedKeyFile> {
    requireCredential(credential);
    const { secrets } = refreshOwn((await list(options)).files);
    const head = { createdAtMs: Math.floor(clock.nowMs()), label: options?.label ?? '' };
    const made = await makeKeyFile(secrets, credential, repositoryId, head, randomBytes);
    await storeKeyFile(storage, repositoryId, made.file, options);
    return made;
  }

  async function removeFiles(id: string, options?: LeaseOptions): Promise<void> {
    for await (const { name } of storage.list('key', options)) if (name.startsWith(`${id}-`)) await storage.delete('key', name, options);
  }

  /** Opens every key file with one of the credentials. */
  async function openAll(files: readonly KeyFile[], others: readonly Credential[]): Promise<readonly OpenedKeyFile[]> {
    const current = refreshOwn(files);
    const all: OpenedKeyFile[] = [];
    for (const file of files) {
      if (isOwn(file)) {
        all.push(current);
        continue;
      }
      const found = await firstThatOpens(file, others);
      if (!found) throw new SnapshotError('repository/wrong-key', `none of the given passphrases and keys opens the key file ${file.id} (${file.label || 'no label'}); give the one that does, or remove that key first`);
      all.push(found);
    }
    return all;
  }

  async function firstThatOpens(file: KeyFile, credentials: readonly Credential[]): Promise<OpenedKeyFile | undefined> {
    for (const credential of credentials) {
      requireCredential(credential);
      try {
        return await openKeyFile({ files: [file], replaced: [], damage: [] }, credential, repositoryId);
      } catch (error) {
        if (!SnapshotError.isInstance(error) || error.code !== 'repository/wrong-key') throw error;
      }
    }
    return undefined;
  }

  async function rotate(options?: RotateDataKeyOptions): Promise<void> {
    const { files } = await list(options);
    const all = await openAll(files, options?.others ?? []);
    // A rotation that was cut short, or an old file that was put back, leaves files with fewer. There is a new data key in any case: those there are may be known.
    const most = all.reduce((best, { secrets }) => (secrets.dataKeys.length > best.length ? secrets.dataKeys : best), requireOwn().secrets.dataKeys);
    for (const { file, secrets } of all)
      if (secrets.dataKeys.some((dataKey, at) => !sameBytes(dataKey, most[at] ?? dataKey))) throw new SnapshotError('format/damaged', `the key file ${file.id} (${file.label || 'no label'}) holds other data keys than the other key files: two rotations of ${storage.description} did not know of each other. Remove the key whose packs are not there any more`);
    if (most.length >= maxDataKeys) throw new SnapshotError('argument/invalid', `the repository has ${maxDataKeys} data keys, which is the most there can be`);
    const dataKeys = [...most, randomBytes(32)];
    // One's own first: whoever was cut short can do it again.
    for (const { file, wrappingKey, secrets } of all.toSorted((a, b) => Number(isOwn(b.file)) - Number(isOwn(a.file)))) {
      const rewrapped = { ...secrets, dataKeys };
      const next = wrapSecrets(rewrapped, wrappingKey, repositoryId, { ...file, dataKeyCount: dataKeys.length, nonce: randomBytes(12) });
      await storeKeyFile(storage, repositoryId, next, options);
      if (isOwn(file)) own = { file: next, wrappingKey, secrets: rewrapped };
    }
    for (const name of (await list(options)).replaced) await storage.delete('key', name, options);
  }

  const describe = (file: KeyFile): KeyDescription => {
    const { id, derivation, label, createdAtMs, dataKeyCount } = file;
    return { id, kind: derivation.kind, label, createdAtMs, isOwn: isOwn(file), isOutdated: dataKeyCount < requireOwn().secrets.dataKeys.length };
  };

  return {
    listKeys: async (options) => (requireOwn(), (await list(options)).files.map(describe)),
    addKey: (credential, options) => alone(async () => describe((await store(credential, options)).file), options),
    removeKey: (id, options) =>
      alone(async () => {
        const { files } = await list(options);
        const dataKeyCount = requireOwn().secrets.dataKeys.length;
        if (files.length > 0 && !files.some((file) => file.id !== id && file.dataKeyCount >= dataKeyCount))
          throw new SnapshotError('argument/invalid', `the key ${id} is the last one that opens everything in the repository; add another first`);
        await removeFiles(id, options);
      }, options),
    changePassphrase: (credential, options) =>
      alone(async () => {
        const old = requireOwn();
        own = await store(credential, { label: old.file.label, ...options });
        await removeFiles(old.file.id, options);
        return describe(own.file);
      }, options),
    rotateDataKey: async (options) => {
      requireOwn();
      await requireExclusivity(storage, 'rotation', options);
      await alone(() => rotate(options), options);
    },
  };
}
