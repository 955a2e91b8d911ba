// Memory and speed of the chunk index at the sizes of 1 and 4 TiB. Run: node bench/index.ts [--quick] [--json]
import { PackTable } from '../src/chunk-index/pack-table.ts';
import { SharedIndex } from '../src/chunk-index/shared-index.ts';

const packPlainBytes = 16_777_216;
const kib = 1024;
const tib = kib ** 4;
const cases = [
  ['1 TiB, volume (64 KiB)', tib, 64 * kib],
  ['4 TiB, large (256 KiB)', 4 * tib, 256 * kib],
  ['4 TiB, volume (64 KiB)', 4 * tib, 64 * kib],
] as const;
const scale = process.argv.includes('--quick') ? 16 : 1;
const sampleCount = 1_000_000;

/** Writes the id of chunk `n`: as spread as a hash, and made in a few nanoseconds, so that it does not drown what is measured. */
function writeId(id: Int32Array, n: number): void {
  let state = Math.imul(n + 1, 0x9e3779b1) ^ (n >>> 15);
  for (let word = 0; word < 8; word++) {
    state = Math.imul(state ^ (state >>> 16), 0x85ebca6b) + word * 0x27d4eb2f;
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    state ^= state >>> 16;
    id[word] = state ^ n;
  }
}

/** By the thread's own CPU time, which other processes change less than the clock on the wall. */
const nanosPer = (count: number, work: () => void): number => {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (1_000 * (user + system)) / count;
};

function measure(name: string, totalBytes: number, chunkBytes: number): Record<string, string | number> {
  const count = Math.floor(totalBytes / chunkBytes / scale);
  const chunksPerPack = packPlainBytes / chunkBytes;
  const packs = new PackTable();
  const index = new SharedIndex(packs);
  const words = new Int32Array(8);
  const id = new Uint8Array(words.buffer);
  let mostPerChunk = 0;
  const idNanos = nanosPer(sampleCount, () => {
    for (let n = 0; n < sampleCount; n++) writeId(words, n);
  });
  const insertNanos = nanosPer(count, () => {
    for (let n = 0; n < count; n++) {
      if (n % chunksPerPack === 0) packs.add({ name: n.toString(16).padStart(8, '0').repeat(8), kind: 'data', fileBytes: packPlainBytes, directoryBytes: 36 * chunksPerPack, objectCount: chunksPerPack });
      writeId(words, n);
      index.insert(id, Math.floor(n / chunksPerPack), n % chunksPerPack);
      if ((n & 0xfff) === 0 && n > count / 4) mostPerChunk = Math.max(mostPerChunk, (index.sizeBytes + packs.sizeBytes) / (n + 1));
    }
  });
  let hits = 0;
  const confirm = (packOrdinal: number, objectOrdinal: number) => (hits++, packOrdinal + objectOrdinal >= 0);
  const hitNanos = nanosPer(sampleCount, () => {
    for (let n = 0; n < sampleCount; n++) {
      writeId(words, Math.floor(((n * 7_919) % sampleCount) * (count / sampleCount)));
      index.visit(id, confirm);
    }
  });
  const found = hits;
  const missNanos = nanosPer(sampleCount, () => {
    for (let n = 0; n < sampleCount; n++) {
      writeId(words, count + n);
      index.visit(id, confirm);
    }
  });
  return {
    case: name,
    'chunks (M)': (count / 1e6).toFixed(1),
    packs: packs.count,
    'index MB': Math.round(index.sizeBytes / 1e6),
    'pack table MB': (packs.sizeBytes / 1e6).toFixed(1),
    'bytes/chunk': ((index.sizeBytes + packs.sizeBytes) / count).toFixed(2),
    'at most': mostPerChunk.toFixed(2),
    'insert ns': Math.round(insertNanos - idNanos),
    'hit ns': Math.round(hitNanos - idNanos),
    'miss ns': Math.round(missNanos - idNanos),
    'found': found === sampleCount ? 'all' : `${found} of ${sampleCount}`,
    'false candidates': hits - found,
  };
}

/** One read that depends on the one before, anywhere in as much memory as an index of 1 TiB has: what no look-up can beat. */
function measureRandomRead(): number {
  const memory = new Int32Array(2 ** 26 / scale).fill(1);
  return nanosPer(sampleCount, () => {
    let at = 1;
    for (let n = 0; n < sampleCount; n++) at = (Math.imul(at, 1_664_525) + 1_013_904_223 + (memory[(at >>> 6) % memory.length] ?? 0)) | 0;
  });
}

const rows = cases.map(([name, totalBytes, chunkBytes]) => measure(name, totalBytes, chunkBytes));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
else {
  console.log(`a random read on this machine now: ${Math.round(measureRandomRead())} ns`);
  console.table(rows);
}
