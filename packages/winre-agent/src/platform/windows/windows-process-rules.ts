import { spawn } from 'node:child_process';
import { RecoveryError } from '@winre-kit/sdk';
import type { ProcessRules } from '../process-rules.ts';

/**
 * Windows has no process groups: `taskkill /T` walks the tree of children. Not tried on Windows.
 *
 * @param systemRoot such as `X:\\Windows` in WinRE
 */
export function windowsProcessRules(systemRoot: string): ProcessRules {
  return {
    ownProcessGroup: false,
    environment: () => ({ SystemRoot: systemRoot, PATH: `${systemRoot}\\System32;${systemRoot}`, PATHEXT: '.COM;.EXE;.BAT;.CMD' }),
    killTree: (processId) =>
      new Promise((resolve, reject) => {
        const kill = spawn(`${systemRoot}\\System32\\taskkill.exe`, killTreeArguments(processId), { windowsHide: true, stdio: 'ignore' });
        kill.once('error', (cause) => reject(new RecoveryError('internal', `taskkill did not start: ${cause.message}`, { cause })));
        // 128: there is no such process any more.
        kill.once('exit', (code) => (code === 0 || code === 128 ? resolve() : reject(new RecoveryError('internal', `taskkill ended with ${code}`))));
      }),
  };
}

/** Arguments of `taskkill` for a process and all its children. */
export function killTreeArguments(processId: number): readonly string[] {
  return ['/F', '/T', '/PID', String(processId)];
}
