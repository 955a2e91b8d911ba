import { randomBytes } from 'node:crypto';
import { ObjectIndexView, type ObjectIndexHandle } from '../../chunk-index/object-index-view.ts';
import type { StoredDirectory } from '../../chunk-index/directory-cache.ts';
import type { ChunkProfileName } from '../../format/repository-config.ts';
import { createPackCodec } from '../../pack/pack-codec.ts';
import type { EngineHandle } from '../../repository/engine-access.ts';
import { ObjectReader } from '../../repository/object-reader.ts';
import { ObjectWriter } from '../../repository/object-writer.ts';
import { createFolderStorage } from '../../storage/folder-storage.ts';
import { GrowingFile } from '../../storage/growing-file.ts';
import type { TaskContext, WorkerTask } from '../../worker-pool/worker-task.ts';
import { createKeyedTools, engineToolsOf, keepEngineTools, type EngineTools } from './engine-tools.ts';

/** What a worker is told when it starts to work on a repository. */
export interface OpenEngineInput {
  readonly handle: EngineHandle;
  readonly profile: ChunkProfileName;
  /** Begins the names of files that the worker has not finished yet. */
  readonly temporaryPrefix: string;
}

/** What a worker posts when it has stored a pack. */
export interface AnnouncedPack {
  readonly announced: StoredDirectory;
  /** Turns 1, with a notification, once the pack is in the index. */
  readonly arrived: Int32Array;
}

/** The tools of a worker thread, and what only the engine's own tasks use. */
interface WorkerTools extends EngineTools {
  readonly writer: ObjectWriter;
  readonly view: ObjectIndexView;
}

/** Makes the tools of a worker thread: the same repository, with packs of its own. */
export const openEngineTask: WorkerTask<OpenEngineInput, void> = {
  name: 'open-engine',
  async run({ handle, profile, temporaryPrefix }, context) {
    const keyed = createKeyedTools(handle.chunkKeys, profile);
    const { kernels } = keyed;
    const isOurs = (bytes: Uint8Array) => bytes.buffer === kernels.bytes.buffer;
    const codec = await createPackCodec(handle.codec, { looksIncompressible: (bytes) => isOurs(bytes) && kernels.isIncompressible(bytes.byteOffset, bytes.length) });
    const storage = createFolderStorage({ path: handle.index.localPath });
    const view = ObjectIndexView.attach(handle.index, codec);
    const openBody = () => new GrowingFile({ root: handle.index.localPath, kind: 'pack', temporaryPrefix });
    const writer = new ObjectWriter({ codec, storage, index: view, randomBytes, announce: (pack) => announce(context, pack), packsInFlight: 1, openBody });
    const reader = new ObjectReader({ storage, codec, index: view });
    const tools: WorkerTools = {
      ...keyed, codec, identity: codec.identity, index: view, localPath: handle.index.localPath, writer, view,
      has: (id, kind) => writer.has(id, kind),
      saveAs: (id, bytes, kind) => writer.saveAs(id, bytes, kind),
      save: (bytes, kind) => writer.save(bytes, kind),
      load: async (id) => {
        const unsaved = writer.get(id);
        return unsaved ? new Uint8Array(unsaved) : reader.load(id);
      },
    };
    keepEngineTools(context, tools);
  },
};

/** Makes everything the thread has saved durable and known. */
export const flushEngineTask: WorkerTask<null, void> = {
  name: 'flush-engine',
  run: (_, context) => workerToolsOf(context).writer.flush(),
};

/** Shows the thread what the index has grown by. */
export const followIndexTask: WorkerTask<ObjectIndexHandle, void> = {
  name: 'follow-index',
  run: (handle, context) => workerToolsOf(context).view.follow(handle),
};

/** Tells the main thread of a durable pack and waits until others can find it. */
async function announce(context: TaskContext, { prefix, directoryBytes }: StoredDirectory): Promise<void> {
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const message: AnnouncedPack = { announced: { prefix, directoryBytes }, arrived };
  context.post(message);
  await Atomics.waitAsync(arrived, 0, 0).value;
}

function workerToolsOf(context: TaskContext): WorkerTools {
  return engineToolsOf(context) as WorkerTools;
}
