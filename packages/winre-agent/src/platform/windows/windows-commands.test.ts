import { expect, test } from 'vitest';
import { bootCommands } from './boot-commands.ts';
import { windowsInterpreters } from './windows-interpreters.ts';
import { killTreeArguments, windowsProcessRules } from './windows-process-rules.ts';

const lines = (...call: Parameters<typeof bootCommands>): string[] => bootCommands(...call).map((command) => [command.fileName, ...command.arguments].join(' '));

test('starting the machine anew', () => {
  expect(lines('service', 'recovery')).toEqual(['reagentc.exe /boottore', 'shutdown.exe /r /t 0 /f']);
  expect(lines('service', 'service')).toEqual(['shutdown.exe /r /t 0 /f']);
  expect(lines('recovery', 'service')).toEqual(['wpeutil.exe reboot']);
});

test('children get an environment of their own and are killed with all they started', () => {
  expect(windowsProcessRules('X:\\Windows').environment()).toEqual({ SystemRoot: 'X:\\Windows', PATH: 'X:\\Windows\\System32;X:\\Windows', PATHEXT: '.COM;.EXE;.BAT;.CMD' });
  expect(killTreeArguments(42)).toEqual(['/F', '/T', '/PID', '42']);
});

test('scripts are given to their interpreter as a file', () => {
  expect(windowsInterpreters.cmd.argumentsFor('X:\\a b\\s.cmd')).toEqual(['/d', '/c', 'X:\\a b\\s.cmd']);
  expect(windowsInterpreters.powershell.argumentsFor('X:\\s.ps1').slice(-2)).toEqual(['-File', 'X:\\s.ps1']);
});
