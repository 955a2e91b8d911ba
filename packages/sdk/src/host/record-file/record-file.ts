import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { readRecordFile, type RecordFileContent } from './read-record-file.ts';
import { encodeRecordLine } from './record-line.ts';
import { takeWriterLock } from './writer-lock.ts';

/** An append-only file of JSON records with one writer. */
export interface RecordFile {
  /** Resolves once the record survives a power cut. After a failed write everything is refused until the file is opened again. */
  append(record: unknown): Promise<void>;
  /** The records found at opening and those appended since. */
  read(): AsyncIterable<unknown>;
  close(): Promise<void>;
}

/**
 * Opens or makes a record file. A last line that was never finished is cut off, with a notice to the logger.
 *
 * @throws {RecoveryError} `conflict` when another process writes to it, `data-loss` when a finished line is damaged
 */
export async function openRecordFile(path: string, { logger }: { readonly logger?: Logger } = {}): Promise<RecordFile> {
  await mkdir(dirname(path), { recursive: true });
  const lock = await takeWriterLock(path);
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a+', 0o600);
    const content = await readRecordFile(file, path);
    if (content.tornBytes > 0) {
      logger?.log('warn', `${path}: cut off ${content.tornBytes} bytes of a last record that was never finished`, { path, tornBytes: content.tornBytes });
      await file.truncate(content.goodBytes);
    }
    await file.sync();
    await syncFolder(dirname(path));
    return createRecordFile(path, file, lock, content);
  } catch (error) {
    await file?.close();
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

function createRecordFile(path: string, file: FileHandle, lock: AsyncDisposable, content: RecordFileContent): RecordFile {
  const texts = content.records.map((record) => JSON.stringify(record));
  let { checksum } = content;
  let closed = false;
  let failure: unknown;
  let queue: Promise<unknown> = Promise.resolve();

  const write = async (record: unknown): Promise<void> => {
    if (closed || failure !== undefined) throw new RecoveryError('unavailable', `${path} ${closed ? 'is closed' : 'could not be written'}: open it again`, { cause: failure });
    const next = encodeRecordLine(texts.length, record, checksum);
    try {
      await file.appendFile(`${next.line}\n`);
      await file.sync();
    } catch (cause) {
      failure = cause;
      throw new RecoveryError('unavailable', `${path} cannot be written: free space or mend the disk, then open it again`, { cause });
    }
    checksum = next.checksum;
    texts.push(JSON.stringify(record));
  };

  return {
    append(record) {
      const done = queue.then(() => write(record));
      queue = done.catch(() => {});
      return done;
    },
    async *read() {
      for (let index = 0; index < texts.length; index += 1) yield await Promise.resolve(JSON.parse(texts[index] ?? '') as unknown);
    },
    async close() {
      if (closed) return;
      closed = true;
      await queue;
      await file.close();
      await lock[Symbol.asyncDispose]();
    },
  };
}

/** Makes a new file's name durable. Windows neither needs nor allows it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
