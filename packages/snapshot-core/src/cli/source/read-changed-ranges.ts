import { readFile } from 'node:fs/promises';
import { SnapshotError, type ByteRange } from '../../index.ts';

/**
 * Reads a list of changed ranges: a line for each, offset and number of bytes in decimal, in any order. Empty lines and what follows `#` do not count.
 *
 * @throws {SnapshotError} `argument/invalid` naming the line, or when the file cannot be read: a list that lost a line would lose a change
 */
export async function readChangedRanges(path: string): Promise<readonly ByteRange[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SnapshotError('argument/invalid', `cannot read the changed ranges in ${path}; check the path and its permissions`, { cause });
  });
  return text.split('\n').flatMap((line, at) => {
    const content = line.replace(/#.*/, '').trim();
    return content === '' ? [] : [parseRange(content, `${path}, line ${at + 1}`)];
  });
}

function parseRange(content: string, place: string): ByteRange {
  const [, offset, bytes] = /^(\d+)\s+(\d+)$/.exec(content)?.map(Number) ?? [];
  if (offset === undefined || bytes === undefined || !Number.isSafeInteger(offset + bytes)) throw new SnapshotError('argument/invalid', `${place}: expected OFFSET BYTES, two whole numbers; got ${JSON.stringify(content)}`);
  return { offset, bytes };
}
