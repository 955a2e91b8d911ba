import type { ManagedPc, MdmView } from './enrol-pc.ts';
import { summarisePc } from './summarise-pc.ts';

/** A PC for the terminal: what it was read to have, what it will not get, and what differs; each with the reason. */
export function describePc(pc: Pick<ManagedPc, 'name' | 'isInsider'>, view: MdmView): readonly string[] {
  const { name, windows, dialect, quickMachineRecovery, pointInTimeRestore, networks, notExpressed } = summarisePc(pc, view);
  const has = { 'Quick Machine Recovery': quickMachineRecovery, 'point-in-time restore': pointInTimeRestore, 'Wi-Fi in WinRE': networks.join(', ') };
  return [
    `${name}, ${windows}: ${dialect}, ${view.lastSession.outcome}`,
    ...Object.entries(has).flatMap(([setting, words]) => (words === '' ? [] : [`  has            ${setting}: ${words}`])),
    ...notExpressed.map(({ settings, reason }) => `  not expressed  ${settings.join(', ')}: ${reason}`),
    ...view.drift.map(({ kind, uri, reason }) => `  ${kind.padEnd(13)}  ${uri}: ${reason}`),
  ];
}
