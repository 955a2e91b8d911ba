import type { Interpreter } from '@winre-kit/sdk';
import type { InterpreterCommand } from '../platform.ts';

/** Interpreters of the simulated platform: `sh` only. */
export const linuxInterpreters: ReadonlyMap<Interpreter, InterpreterCommand> = new Map([
  ['sh', { fileName: '/bin/sh', extension: '.sh', argumentsFor: (scriptPath) => [scriptPath] }],
]);
