import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureStep } from '../run/bench-context.ts';
import type { BenchContext } from '../run/bench-context.ts';
import type { Images } from '../works/make-images.ts';
import type { Tree } from '../works/tree-work.ts';
import { measureLimits } from './measure-limits.ts';
import type { Limits } from './measure-limits.ts';

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** One round of the machine's own limits: the plain reading that ours is held against, and speeds of single operations. */
export async function limitsWork(context: BenchContext, images: Images, tree: Tree, round: number, forMs: number): Promise<Limits> {
  const workers = availableParallelism();
  context.say(`round ${round}: limits of this machine`);
  const path = join(tree.source.folder, tree.source.name);
  const plain = { contender: 'plain read', round } as const;
  await measureStep(context, { ...plain, work: 'image' }, 'unchanged', { program: process.execPath, args: [place('./plain-read.ts'), images.firstPath, String(workers)] });
  await measureStep(context, { ...plain, work: 'tree' }, 'unchanged', { program: process.execPath, args: [place('./plain-tree.ts'), path] });
  await measureStep(context, { ...plain, work: 'tree' }, 'unchanged, all read', { program: process.execPath, args: [place('./plain-tree.ts'), path, '--read'] });
  return measureLimits(context, images.firstPath, workers, forMs);
}
