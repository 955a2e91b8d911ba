import { readdir, readFile } from 'node:fs/promises';
import { runMark, type ProcessRules } from '../process-rules.ts';

/** POSIX rules: children lead a process group, which one signal kills; those that left it are found by the mark in their environment. */
export function linuxProcessRules(path: string): ProcessRules {
  return {
    ownProcessGroup: true,
    environment: () => ({ PATH: path, LANG: 'C.UTF-8' }),
    async killTree(processId, mark) {
      kill(-processId);
      // Those that are found may have started others meanwhile.
      for (let round = 0; round < 5; round += 1) {
        const left = await markedProcesses(mark);
        if (left.length === 0) return;
        for (const id of left) kill(id);
      }
    },
  };
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    // ESRCH: it is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A program that cleans its environment on purpose is not found. */
async function markedProcesses(mark: string): Promise<readonly number[]> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^[0-9]+$/.test(name));
  const marked = await Promise.all(names.map(async (name) => {
    // A process of somebody else, or one that has ended.
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    return environment.split('\0').includes(`${runMark}=${mark}`) ? [Number(name)] : [];
  }));
  return marked.flat();
}
