import { hash, randomBytes } from 'node:crypto';
import { createIdentity } from '../src/hashing/create-identity.ts';
import { createGroupFingerprint } from '../src/hashing/group-fingerprint.ts';

// GB/s of one thread over bytes in cache: `node packages/snapshot-core/bench/hashing.ts`. Rounds are interleaved, medians shown.

const sizes = [4_096, 16_384, 65_536, 1_048_576];
const rounds = 9;
const bytesPerRound = 32_000_000;

const key = randomBytes(32);
const identities = await Promise.all([
  createIdentity('blake3', { implementation: 'native' }).catch(() => undefined),
  createIdentity('blake3', { implementation: 'native', key }).catch(() => undefined),
  createIdentity('blake3', { implementation: 'wasm' }),
  createIdentity('sha-256'),
  createIdentity('sha-256', { key }),
]);
const contenders: [name: string, run: (bytes: Uint8Array) => unknown][] = identities.flatMap((identity) =>
  identity ? [[`${identity.name}${identity.keyed ? ' keyed' : ''} (${identity.implementation})`, (bytes) => identity.identify(bytes)]] : [],
);
contenders.push(['group fingerprint', createGroupFingerprint({ macKey: randomBytes(16), sealKey: randomBytes(32) })]);
contenders.push(['node:crypto sha256, bare', (bytes) => hash('sha256', bytes, 'hex')]);

function measure(run: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const times = Math.ceil(bytesPerRound / bytes.length);
  const startedMs = performance.now();
  for (let time = 0; time < times; time++) run(bytes);
  return (times * bytes.length) / (performance.now() - startedMs) / 1e6;
}

const table: Record<string, Record<string, string>> = {};
for (const size of sizes) {
  const bytes = randomBytes(size);
  const measured = new Map<string, number[]>(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const [name, run] of contenders) measured.get(name)?.push(measure(run, bytes));
  for (const [name, speeds] of measured) (table[name] ??= {})[`${size / 1024} KiB`] = (speeds.toSorted((a, b) => a - b)[rounds >> 1] ?? 0).toFixed(2);
}
console.table(table);
