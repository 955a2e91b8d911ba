import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeSparseImage } from '../data/write-images.ts';
import type { BenchSource } from '../peers/contender.ts';
import { measureStep } from '../run/bench-context.ts';
import type { BenchContext } from '../run/bench-context.ts';
import { runCommand } from '../run/run-command.ts';

const dataEveryBytes = 16 << 20;

/** Peak memory of first snapshots of sparse images (one made-up file every 16 MiB), so that sizes beyond the machine's memory fit. */
export async function memoryWork(context: BenchContext): Promise<void> {
  const contender = context.field.contenders.find(({ name }) => name === 'ours zstd');
  if (contender === undefined) return;
  for (const bytes of context.scale.memoryImageBytes) {
    const folder = join(context.folder, 'turn');
    const source: BenchSource = { kind: 'image', folder: join(folder, 'source'), name: 'image' };
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(source.folder, { recursive: true });
    const megabytes = bytes / 2 ** 20;
    context.say(`memory: an image of ${megabytes} MiB`);
    try {
      writeSparseImage(join(source.folder, source.name), context.seed, bytes, dataEveryBytes);
      const repository = join(folder, 'repository');
      await runCommand(contender.initialize(repository));
      await measureStep(context, { work: 'memory', contender: contender.name, round: 1 }, `${megabytes} MiB`, contender.backup(repository, source, 'first'));
    } catch (error) {
      context.fail(`memory: ${error instanceof Error ? error.message : String(error)}`);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
