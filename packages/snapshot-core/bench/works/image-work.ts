import { linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { planImageEdits } from '../data/plan-image-edits.ts';
import { overwriteImage } from '../data/write-images.ts';
import type { BenchSource, Contender } from '../peers/contender.ts';
import { lastMessage } from '../peers/ours.ts';
import { contendersOf, measureStep } from '../run/bench-context.ts';
import type { BenchContext, Turn } from '../run/bench-context.ts';
import { differingBytes } from '../run/compare-files.ts';
import { folderBytes } from '../run/folder-bytes.ts';
import { runCommand } from '../run/run-command.ts';
import type { Images } from './make-images.ts';

/**
 * One round of the image: every contender takes the whole way, one after the other, with a fresh repository.
 *
 * First snapshot, again without a change (every byte read), second version, restore of it, and rollback of what was
 * restored after one block in a hundred was overwritten.
 */
export async function imageWork(context: BenchContext, images: Images, round: number, work: 'image' | 'disk' = 'image'): Promise<void> {
  for (const contender of contendersOf(context, 'image', round)) {
    const folder = join(context.folder, 'turn');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'source'), { recursive: true });
    try {
      await takeTurn(context, { work, contender: contender.name, round }, contender, images, folder);
    } catch (error) {
      context.fail(`${contender.name}, ${work}: ${error instanceof Error ? error.message : String(error)}`);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takeTurn(context: BenchContext, turn: Turn, contender: Contender, images: Images, folder: string): Promise<void> {
  const source: BenchSource = { kind: 'image', folder: join(folder, 'source'), name: 'image' };
  const [repository, image] = [join(folder, 'repository'), join(source.folder, source.name)];
  context.say(`round ${turn.round}, ${turn.work}: ${contender.name}`);
  await runCommand(contender.initialize(repository));
  const emptyBytes = folderBytes(repository);

  linkSync(images.firstPath, image);
  await measureStep(context, turn, 'first', contender.backup(repository, source, 'first'), () => ({ storedBytes: folderBytes(repository) - emptyBytes }));
  const again = contender.backupReadingAll(repository, source, 'again');
  if (again !== undefined) await measureStep(context, turn, 'unchanged', again);

  rmSync(image);
  linkSync(images.secondPath, image);
  const beforeBytes = folderBytes(repository);
  await measureStep(context, turn, 'second', contender.backup(repository, source, 'second'), () => ({ addedBytes: folderBytes(repository) - beforeBytes }));

  const target = join(folder, 'target');
  const restored = join(target, source.name);
  mkdirSync(target);
  await measureStep(context, turn, 'restore', contender.restore(repository, source, 'second', target));
  mustBeSame(turn, 'restored', restored, images.secondPath);

  const rollback = contender.restoreInPlace(repository, source);
  if (rollback === undefined) return;
  rmSync(image);
  renameSync(restored, image);
  overwriteImage(image, context.seed + 1, planImageEdits(context.seed + 1, images.edits.imageBytes).overwrites);
  context.record({ ...turn, contender: 'bytes that differ', step: 'rollback', measures: { writtenBytes: differingBytes(image, images.secondPath) } });
  await measureStep(context, turn, 'rollback', rollback, ({ output }) => {
    const { bytesWritten } = lastMessage(output);
    return typeof bytesWritten === 'number' ? { writtenBytes: bytesWritten } : {};
  });
  mustBeSame(turn, 'rolled back', image, images.secondPath);
}

function mustBeSame({ contender }: Turn, what: string, path: string, expected: string): void {
  const bytes = differingBytes(path, expected);
  if (bytes > 0) throw new Error(`the image that ${contender} ${what} differs in ${bytes} bytes`);
}
