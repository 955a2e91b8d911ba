import type { Interpreter } from '@winre-kit/sdk';
import type { InterpreterCommand } from '../platform.ts';

/**
 * Stock WinRE has `cmd` only; a WinRE image with the PowerShell component adds the second entry. Not tried on Windows.
 * `/d` keeps AutoRun commands out. The path is the agent's own and holds nothing that cmd would read as more than a path.
 */
export const windowsInterpreters = {
  cmd: { fileName: 'cmd.exe', extension: '.cmd', argumentsFor: (scriptPath) => ['/d', '/c', scriptPath] },
  powershell: { fileName: 'powershell.exe', extension: '.ps1', argumentsFor: (scriptPath) => ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', scriptPath] },
} as const satisfies Partial<Record<Interpreter, InterpreterCommand>>;
