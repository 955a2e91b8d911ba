import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from '../run/bench-context.ts';
import { imageWork } from './image-work.ts';
import type { Images } from './make-images.ts';

/** Who shows what a disk does to the numbers. */
const names = new Set(['ours zstd', 'restic auto']);

/** One round of the image with everything on a disk: source, repository and target. */
export async function diskWork(context: BenchContext, disk: string, images: Images, round: number): Promise<void> {
  const folder = mkdtempSync(join(disk, 'bench-delta-'));
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', cleanUp);
  try {
    const [firstPath, secondPath] = [join(folder, 'image-1'), join(folder, 'image-2')];
    copyFileSync(images.firstPath, firstPath);
    copyFileSync(images.secondPath, secondPath);
    const field = { ...context.field, contenders: context.field.contenders.filter(({ name }) => names.has(name)) };
    await imageWork({ ...context, folder, field }, { ...images, firstPath, secondPath }, round, 'disk');
  } finally {
    cleanUp();
    process.off('exit', cleanUp);
  }
}
