import type { FileHandle } from 'node:fs/promises';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { decodeRecordLine, firstChecksum } from './record-line.ts';

/** What a record file holds, and where its good part ends. */
export interface RecordFileContent {
  readonly records: readonly unknown[];
  readonly checksum: string;
  /** Bytes up to the end of the last whole line. */
  readonly goodBytes: number;
  /** Bytes of a last line that was never finished, and so never acknowledged. */
  readonly tornBytes: number;
}

/** @throws {RecoveryError} `data-loss` for a whole line that is damaged: it may have been acknowledged, so it is not silently dropped */
export async function readRecordFile(file: FileHandle, path: string): Promise<RecordFileContent> {
  const bytes = await file.readFile();
  const goodBytes = bytes.lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, goodBytes).toString('utf8').split('\n').slice(0, -1);
  let checksum = firstChecksum;
  const records = lines.map((line, sequence) => {
    const decoded = decodeRecordLine(line, sequence, checksum);
    if ('damage' in decoded) {
      throw new RecoveryError('data-loss', `${path}, line ${sequence + 1}: ${decoded.damage}: the file was damaged or altered; restore it from a copy, or start a new one and reconcile by hand`, { facts: { line: sequence + 1 } });
    }
    checksum = decoded.checksum;
    return decoded.record;
  });
  return { records, checksum, goodBytes, tornBytes: bytes.length - goodBytes };
}
