import { open, readFile, rename, rm, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { RecoveryError, toBase64 } from '@winre-kit/sdk';
import { syncFolder, writeFileDurably } from '../../platform/write-file-durably.ts';
import { ledgerEntrySchema, type LedgerEntryInput } from './ledger-entry.ts';
import { encodeLedgerLine, firstChecksum, readLedger } from './ledger-line.ts';
import { viewOfLedger, withEntry, type LedgerView } from './ledger-view.ts';

/** What the device was told to do and did, in a file that only grows. */
export interface OperationLedger {
  readonly view: LedgerView;
  /** Durable when resolved. After a failed write the ledger stays broken by design: restart the agent. @throws {RecoveryError} `internal` */
  append(entry: LedgerEntryInput): Promise<void>;
  close(): Promise<void>;
}

export interface OpenedLedger {
  readonly ledger: OperationLedger;
  /** Why the former ledger could not be used; undefined when it was whole or there never was one. */
  readonly lostBecause: string | undefined;
}

/**
 * Opens the ledger of the state folder, or begins a new one under a new state generation when there is none, or it is damaged.
 * A damaged one is kept beside it. The new generation tells the gateway that this agent does not know any more what it has done.
 *
 * @param expectedGeneration the generation the device is enrolled with; a ledger of another one, or none at all, counts as lost
 */
export async function openOperationLedger(
  stateFolder: string,
  settings: { readonly expectedGeneration: string | undefined; readonly randomBytes: (lengthBytes: number) => Uint8Array },
): Promise<OpenedLedger> {
  const path = join(stateFolder, 'operation-ledger');
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error)));
  const reading = bytes && readLedger(bytes);
  const lostBecause = whyLost(reading, settings.expectedGeneration);
  if (reading?.state === 'whole' && lostBecause === undefined) {
    if (reading.torn > 0) await truncate(path, reading.wholeBytes);
    return { ledger: await appendTo(path, viewOfLedger(reading.entries), reading.lastChecksum), lostBecause };
  }
  if (bytes) {
    await rm(`${path}.lost`, { force: true });
    await rename(path, `${path}.lost`);
  }
  const opened = { entry: 'opened' as const, stateGeneration: toBase64(settings.randomBytes(16)), replacesLostLedger: lostBecause !== undefined };
  const { line, checksum } = encodeLedgerLine(opened, firstChecksum);
  await writeFileDurably(path, line);
  return { ledger: await appendTo(path, viewOfLedger([opened]), checksum), lostBecause };
}

function whyLost(reading: ReturnType<typeof readLedger> | undefined, expectedGeneration: string | undefined): string | undefined {
  if (!reading) return expectedGeneration === undefined ? undefined : 'the operation ledger is gone';
  if (reading.state === 'damaged') return `the operation ledger is damaged: ${reading.reason}`;
  const [first] = reading.entries;
  const generation = first?.entry === 'opened' ? first.stateGeneration : undefined;
  return expectedGeneration === undefined || generation === expectedGeneration ? undefined : 'the operation ledger is not the one this device was enrolled with';
}

async function appendTo(path: string, view: LedgerView, lastChecksum: string): Promise<OperationLedger> {
  const file: FileHandle = await open(path, 'a', 0o600);
  await syncFolder(join(path, '..'));
  let current = { view, checksum: lastChecksum };
  let broken: unknown;
  let queue: Promise<void> = Promise.resolve();

  const write = async (input: LedgerEntryInput): Promise<void> => {
    if (broken !== undefined) throw new RecoveryError('internal', `the operation ledger ${path} could not be written: restart the agent once the disk is well`, { cause: broken });
    const entry = ledgerEntrySchema.parse(input);
    const { line, checksum } = encodeLedgerLine(entry, current.checksum);
    try {
      await file.appendFile(line);
      await file.datasync();
    } catch (cause) {
      broken = cause;
      throw new RecoveryError('internal', `the operation ledger ${path} cannot be written: nothing is executed without it`, { cause });
    }
    current = { view: withEntry(current.view, entry), checksum };
  };

  return {
    get view() {
      return current.view;
    },
    append(entry) {
      const written = queue.then(() => write(entry));
      queue = written.catch(() => {});
      return written;
    },
    async close() {
      await queue;
      await file.close();
    },
  };
}
