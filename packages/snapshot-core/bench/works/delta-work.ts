import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ourCommand } from '../peers/ours.ts';
import { measureStep } from '../run/bench-context.ts';
import type { BenchContext } from '../run/bench-context.ts';
import { differingBytes } from '../run/compare-files.ts';
import type { Command } from '../run/run-command.ts';
import type { Images } from './make-images.ts';

/** A program that writes one file that turns the first version into the second, and one that applies it. */
interface DeltaProgram {
  readonly name: string;
  create(from: string, to: string, delta: string): Command;
  apply(from: string, delta: string, to: string): Command;
}

const ours = (path: string): DeltaProgram => ({
  name: 'ours delta',
  create: (from, to, delta) => ourCommand(path, 'delta', from, to, '--output', delta),
  apply: (from, delta, to) => ourCommand(path, 'apply', delta, '--base', from, '--output', to),
});

/** A window that is as large as the program takes, so that the shifted tail is found at all. */
const xdelta: DeltaProgram = {
  name: 'xdelta3 -1',
  create: (from, to, delta) => ({ program: 'xdelta3', args: ['-e', '-f', '-1', '-B', '536870912', '-s', from, to, delta] }),
  apply: (from, delta, to) => ({ program: 'xdelta3', args: ['-d', '-f', '-B', '536870912', '-s', from, delta, to] }),
};

/** One round of the delta between both versions of the image; all reading counts, and what was applied is compared. */
export async function deltaWork(context: BenchContext, { firstPath, secondPath }: Images, round: number): Promise<void> {
  const programs = [ours(context.field.ourProgram), ...(context.field.hasXdelta ? [xdelta] : [])];
  for (const program of round % 2 === 0 ? programs.toReversed() : programs) {
    const folder = join(context.folder, 'turn');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const [delta, applied] = [join(folder, 'delta'), join(folder, 'applied')];
    const turn = { work: 'delta', contender: program.name, round } as const;
    context.say(`round ${round}, delta: ${program.name}`);
    try {
      await measureStep(context, turn, 'create', program.create(firstPath, secondPath, delta), () => ({ storedBytes: statSync(delta).size }));
      await measureStep(context, turn, 'apply', program.apply(firstPath, delta, applied));
      const bytes = differingBytes(applied, secondPath);
      if (bytes > 0) throw new Error(`what ${program.name} made of the first version differs in ${bytes} bytes`);
    } catch (error) {
      context.fail(`${program.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
