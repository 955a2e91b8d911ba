import { chunkProfiles } from '../../chunking/chunk-profiles.ts';
import { deriveSieveParameters, type SieveParameters } from '../../chunking/sieve-parameters.ts';
import type { ObjectIndexView } from '../../chunk-index/object-index-view.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../../format/object-reference.ts';
import type { ChunkProfileName } from '../../format/repository-config.ts';
import { createGroupFingerprint } from '../../hashing/group-fingerprint.ts';
import type { Identity } from '../../hashing/identity.ts';
import { createKernels } from '../../kernels/create-kernels.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { PackCodec } from '../../pack/pack-codec.ts';
import type { ChunkKeys } from '../../repository/engine-access.ts';
import type { TaskContext } from '../../worker-pool/worker-task.ts';

/** What a task finds on its thread. Belongs to the thread; one task at a time uses it. */
export interface EngineTools {
  readonly codec: PackCodec;
  readonly identity: Identity;
  /** Their memory has 32 MiB from `dataStart` on, for the task that runs. */
  readonly kernels: Kernels;
  /** See `createGroupFingerprint`. */
  readonly fingerprint: (bytes: Uint8Array) => Uint8Array;
  readonly parameters: SieveParameters;
  readonly profile: ChunkProfileName;
  readonly index: ObjectIndexView;
  /** Folder of the repository, whose packs may be read directly; absent where it lies elsewhere. */
  readonly localPath?: string | undefined;
  /** Whether an object is stored, or was saved on this thread, and may be relied on. */
  has(id: ObjectId | Uint8Array, kind: ObjectKind): boolean;
  /** Saves bytes whose identity is known. They are copied before the promise is returned. @returns whether they were not there yet */
  saveAs(id: ObjectId | Uint8Array, bytes: Uint8Array, kind: ObjectKind): Promise<boolean>;
  save(bytes: Uint8Array, kind: ObjectKind): Promise<{ readonly id: ObjectId; readonly added: boolean }>;
  /** Loads an object, verified; the caller owns the bytes. @throws {SnapshotError} `object/missing`, `object/damaged`, `storage/failed` */
  load(id: ObjectId): Promise<Uint8Array>;
}

/** The part of the tools that depends on the repository's keys and sizes only. */
export type KeyedTools = Pick<EngineTools, 'fingerprint' | 'kernels' | 'parameters' | 'profile'>;

/** Bytes that a task may use in the kernels' memory. Only what is touched costs memory. */
const scratchBytes = 33_554_432;

export function createKeyedTools({ chunkingKey, fingerprintKeys }: ChunkKeys, profile: ChunkProfileName): KeyedTools {
  const parameters = deriveSieveParameters(chunkingKey, chunkProfiles[profile]);
  const kernels = createKernels({ dataBytes: scratchBytes });
  kernels.setSieve(parameters);
  return { parameters, profile, kernels, fingerprint: createGroupFingerprint(fingerprintKeys) };
}

const memoryKey = 'engine tools';

/** Leaves tools for later tasks on the same thread. */
export function keepEngineTools(context: TaskContext, tools: EngineTools): void {
  context.memory.set(memoryKey, tools);
}

/** The tools of the thread a task runs on. */
export function engineToolsOf(context: TaskContext): EngineTools {
  const tools = context.memory.get(memoryKey);
  if (tools === undefined) throw new SnapshotError('argument/invalid', 'this task needs an engine: run it through withEngine');
  return tools as EngineTools;
}
