import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeLeaseRecord } from '../format/lease-record.ts';
import { encodeRepositoryConfig, type RepositoryConfig, type StoredConfig } from '../format/repository-config.ts';
import { sameBytes } from '../format/same-bytes.ts';
import { openSealedFile, type FileEnvelope } from '../format/sealed-file.ts';
import { localFolderOf } from '../storage/folder-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { CheckFindings } from './check-findings.ts';
import { checkPacks } from './check-packs.ts';
import type { CheckOptions, CheckReport } from './check-report.ts';
import { checkSnapshots } from './check-snapshots.ts';
import { configNames, decodeConfigFile } from './config-files.ts';
import { credentialOf } from './credential-of.ts';
import { decodeEpochFile } from './epoch-files.ts';
import { isReadFailure } from './is-read-failure.ts';
import { decodeIntentFile } from './intent-files.ts';
import { decodeNamedKeyFile } from './key-files.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { createProcessHolder } from './process-holder.ts';
import type { OpenRepositoryOptions } from './repository-options.ts';
import { storageOf } from './storage-of.ts';
import { systemClock } from './system-clock.ts';
import { unlockRepository, type RepositoryAccess } from './unlock-repository.ts';

/**
 * Looks for damage in a repository, even in one that cannot be opened any more, and reports it.
 *
 * Without `readData`: every small file, every pack directory, every tree. With it: every stored byte. Each finding names
 * the file and the snapshots that cannot be restored whole because of it. Holds a shared lease; changes nothing else.
 *
 * @throws {SnapshotError} `repository/not-found`, `repository/locked`, `repository/key-required`, `repository/wrong-key`,
 *   `format/unsupported` (a newer repository); never because of damage
 */
export async function checkRepository(options: OpenRepositoryOptions & CheckOptions): Promise<CheckReport> {
  return checkUnderLease(options, async () => {});
}

/** The same; `onDamagedPacks` is called while the lease is held. */
export async function checkUnderLease(options: OpenRepositoryOptions & CheckOptions & { readonly access?: RepositoryAccess }, onDamagedPacks: (packNames: readonly string[]) => Promise<void>): Promise<CheckReport> {
  const storage = storageOf(options);
  const findings = new CheckFindings(options.onProgress);
  const counted = findings.counting(storage, options);
  const stored = await checkConfig(counted, storage.description, findings);
  if (!stored) {
    for await (const { name } of counted.list('snapshot')) findings.blame('config', configNames, name);
    return findings.report();
  }
  const { repositoryId } = stored.config;
  await checkKeyFiles(counted, stored.config, findings);
  const access = options.access ?? (await unlock({ ...counted, description: storage.description }, stored, findings, options));
  if (!access) {
    for await (const { name } of counted.list('snapshot')) findings.blame('config', ['primary'], name);
    return findings.report();
  }
  const { envelope, codec } = access;
  const keeper = new LeaseKeeper({
    storage,
    repositoryId,
    clock: options.clock ?? systemClock,
    holder: options.holder ?? createProcessHolder(),
    randomBytes: options.randomBytes ?? nodeRandomBytes,
  });
  const giveBack = await keeper.acquire('shared', options);
  const renewLease = () => keeper.renew(options);
  try {
    await checkSmallFiles(counted, envelope, findings);
    const packs = await checkPacks({ storage: counted, localPath: localFolderOf(storage), envelope, codec, readData: options.readData ?? false, findings, renewLease });
    await checkSnapshots({ storage: counted, envelope, codec, packs, findings, signal: options.signal, renewLease });
    if (findings.damagedPacks.length > 0) await onDamagedPacks(findings.damagedPacks);
  } finally {
    await giveBack();
  }
  return findings.report();
}

/** `undefined` when damage, or what could not be read, is all that keeps the repository locked. */
async function unlock(storage: Pick<Storage, 'get' | 'list' | 'description'>, stored: StoredConfig, findings: CheckFindings, options: OpenRepositoryOptions): Promise<RepositoryAccess | undefined> {
  try {
    return await unlockRepository(storage, stored, options.randomBytes ?? nodeRandomBytes, credentialOf(options), options);
  } catch (error) {
    if (!SnapshotError.isInstance(error) || (error.code !== 'format/damaged' && !isReadFailure(error))) throw error;
    findings.add(isReadFailure(error) ? 'unread' : 'error', 'config', 'primary', `with this config the repository does not open: ${error.message}`);
    return undefined;
  }
}

async function checkKeyFiles(storage: Pick<Storage, 'get' | 'list'>, { repositoryId, encryption }: RepositoryConfig, findings: CheckFindings): Promise<void> {
  for await (const { name } of storage.list('key')) {
    const file = await findings.look('key', name, async () => decodeNamedKeyFile(await storage.get('key', name), name, repositoryId));
    if (file && encryption === 'none') findings.add('warning', 'key', name, 'a repository without encryption has no key files');
  }
}

/** Both copies of the config. @returns the first intact one */
async function checkConfig(storage: Pick<Storage, 'get' | 'list'>, description: string, findings: CheckFindings): Promise<StoredConfig | undefined> {
  const present = new Set<string>();
  for await (const { name } of storage.list('config')) present.add(name);
  if (present.size === 0) throw new SnapshotError('repository/not-found', `there is no repository in ${description}; create one first`);
  let intact: StoredConfig | undefined;
  for (const name of configNames.toReversed()) {
    if (!present.has(name)) {
      findings.add('error', 'config', name, 'this copy of the config is missing; the other one serves');
      continue;
    }
    const stored = await findings.look('config', name, async () => decodeConfigFile(await storage.get('config', name), name));
    if (stored && intact && !isSameConfig(stored, intact)) findings.add('error', 'config', name, 'the two copies of the config differ; the primary one serves');
    intact ??= stored;
  }
  return intact;
}

async function checkSmallFiles(storage: Pick<Storage, 'get' | 'list'>, envelope: FileEnvelope, findings: CheckFindings): Promise<void> {
  for await (const { name } of storage.list('epoch'))
    await findings.look('epoch', name, async () => decodeEpochFile(await storage.get('epoch', name), name, envelope));
  for await (const { name } of storage.list('intent'))
    await findings.look('intent', name, async () => decodeIntentFile(await storage.get('intent', name), name, envelope));
  for await (const { name } of storage.list('lease'))
    await findings.look('lease', name, async () => decodeLeaseRecord(openSealedFile('lease', await storage.get('lease', name), `the lease ${name}`, envelope).payload));
}

function isSameConfig(a: StoredConfig, b: StoredConfig): boolean {
  return a.config.repositoryId === b.config.repositoryId && sameBytes(encodeRepositoryConfig(a), encodeRepositoryConfig(b));
}
