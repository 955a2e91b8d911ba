// Memory of opening, pruning and checking a repository with as many chunks as asked for, whose data packs hold directories but no data.
// Run: node --expose-gc bench/large-repository.ts [millions of chunks, default 1]
import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPrefixBytes } from '../src/format/pack-directory.ts';
import { PackDirectoryWriter } from '../src/format/pack-directory-writer.ts';
import { encodePackTrailer, packSeal } from '../src/format/pack-manifest.ts';
import { encodePackPrefix } from '../src/format/pack-prefix.ts';
import { createRepository, encodeTreeObject, openRepository, type ObjectReference } from '../src/index.ts';

const [chunksPerPack, chunkBytes, framesPerPack, referencesPerTree] = [256, 65_536, 64, 1_024];
const packCount = Math.round((Number(process.argv[2] ?? 1) * 1_000_000) / chunksPerPack);
const chunkCount = packCount * chunksPerPack;
const path = mkdtempSync(join(tmpdir(), 'large-repository-'));

/** A pack whose frames are a hole in the file. @returns the ids it lists */
function writeEmptyPack(): string[] {
  const ids = Array.from({ length: chunksPerPack }, () => randomBytes(32).toString('hex'));
  const writer = new PackDirectoryWriter();
  for (const [at, id] of ids.entries()) {
    writer.addObject(id, chunkBytes);
    const frameBytes = (chunksPerPack / framesPerPack) * chunkBytes;
    if ((at + 1) % (chunksPerPack / framesPerPack) === 0) writer.endFrame({ storedBytes: frameBytes, plainBytes: frameBytes, compression: 'none', seal: new Uint8Array(16) });
  }
  const directoryBytes = writer.finish();
  const prefix = encodePackPrefix({ kind: 'data', keyEpoch: 0, salt: randomBytes(16) });
  const end = Buffer.concat([directoryBytes, encodePackTrailer(prefix, directoryBytes)]);
  const file = openSync(join(path, 'packs', Buffer.from(packSeal(prefix, directoryBytes)).toString('hex')), 'wx');
  const offset = packPrefixBytes + chunksPerPack * chunkBytes;
  ftruncateSync(file, offset + end.length);
  writeSync(file, prefix, 0, prefix.length, 0);
  writeSync(file, end, 0, end.length, offset);
  closeSync(file);
  return ids;
}

const mib = (bytes: number) => (bytes / 1_048_576).toFixed(0);
const rows: Record<string, string>[] = [];
async function measure<T>(phase: string, work: () => Promise<T>): Promise<T> {
  globalThis.gc?.();
  const before = process.memoryUsage();
  let highest = 0;
  const timer = setInterval(() => {
    const { heapUsed, external } = process.memoryUsage();
    highest = Math.max(highest, heapUsed + external);
  }, 50);
  const started = process.hrtime.bigint();
  const result = await work();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  clearInterval(timer);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const held = after.heapUsed + after.external - before.heapUsed - before.external;
  const peak = highest - before.heapUsed - before.external;
  rows.push({ phase, seconds: seconds.toFixed(1), 'held MiB': mib(held), 'held bytes/chunk': (held / chunkCount).toFixed(1), 'peak MiB': mib(peak), 'peak bytes/chunk': (peak / chunkCount).toFixed(1), 'process MiB': mib(process.resourceUsage().maxRSS * 1024) });
  return result;
}

try {
  await createRepository({ path });
  mkdirSync(join(path, 'packs'), { recursive: true });
  const ids: string[][] = Array.from({ length: packCount }, writeEmptyPack);
  const filled = await openRepository({ path });
  await filled.withLease('shared', async () => {
    const leaves: ObjectReference[] = [];
    const all = ids.flat();
    for (let at = 0; at < all.length; at += referencesPerTree) {
      const references = all.slice(at, at + referencesPerTree).map((id): ObjectReference => ({ kind: 'data', id, lengthBytes: chunkBytes, cut: 'content' }));
      const tree = encodeTreeObject({ references, payload: new Uint8Array() });
      leaves.push({ kind: 'tree', id: (await filled.save(tree, 'tree')).id, lengthBytes: tree.length, cut: 'end' });
    }
    const { id: rootId } = await filled.save(encodeTreeObject({ references: leaves, payload: new Uint8Array() }), 'tree');
    const statistics = { entryCount: 1, totalBytes: 0, chunkCount, addedBytes: 0, durationMs: 0 };
    const draft = { timeMs: 0, hostname: 'bench', labels: [], source: { kind: 'image', description: 'empty' }, rootId, statistics, incomplete: false, generation: 0 } as const;
    for (const timeMs of [1, 2, 3]) await filled.commitSnapshot({ ...draft, timeMs });
  });
  ids.length = 0;
  const repository = await measure('open', () => openRepository({ path }));
  const { verdicts } = await measure('prune', () => repository.prune());
  const report = await measure('check', () => repository.check());
  console.log(`${(chunkCount / 1e6).toFixed(2)} M chunks in ${packCount} packs, three snapshots of all of them; ${verdicts.filter(({ action }) => action === 'keep').length} packs kept, ${report.findings.length} findings`);
  console.table(rows);
} finally {
  rmSync(path, { recursive: true });
}
