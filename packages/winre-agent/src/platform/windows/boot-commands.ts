import type { CommandLine } from './netsh-commands.ts';

/**
 * What starts the machine anew. Built and tested as text; not tried on Windows.
 *
 * `reagentc /boottore` makes WinRE the target of the next start only, so a machine that cannot start WinRE comes back to Windows.
 *
 * @see https://learn.microsoft.com/windows-hardware/manufacture/desktop/reagentc-command-line-options
 */
export function bootCommands(from: 'service' | 'recovery', target: 'service' | 'recovery'): readonly CommandLine[] {
  const restart: CommandLine = from === 'recovery' ? { fileName: 'wpeutil.exe', arguments: ['reboot'] } : { fileName: 'shutdown.exe', arguments: ['/r', '/t', '0', '/f'] };
  // WinRE is entered from a running Windows; WinRE itself leaves to Windows by restarting.
  return target === 'recovery' ? [{ fileName: 'reagentc.exe', arguments: ['/boottore'] }, restart] : [restart];
}
