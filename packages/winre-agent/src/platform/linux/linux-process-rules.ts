import type { ProcessRules } from '../process-rules.ts';

/** POSIX rules: children lead a process group, which one signal kills. */
export function linuxProcessRules(path: string): ProcessRules {
  return {
    ownProcessGroup: true,
    environment: () => ({ PATH: path, LANG: 'C.UTF-8' }),
    async killTree(processId) {
      try {
        process.kill(-processId, 'SIGKILL');
      } catch (error) {
        // ESRCH: the whole group is gone already.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  };
}
