import { vi } from 'vitest';

/** Every case starts several processes; a machine with other work takes its time, and only a hang may fail. */
export function allowForBusyMachines(): void {
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
}
