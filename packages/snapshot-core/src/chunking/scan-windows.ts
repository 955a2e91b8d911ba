import { createKernels } from '../kernels/create-kernels.ts';
import type { Kernels } from '../kernels/kernels.ts';

/** Enough for files that are chunked side by side; more would only hold memory. */
const maxIdlePerSize = 4;

const idle = new Map<number, Kernels[]>();

/**
 * Kernels whose memory nobody else uses until `returnWindow`. They are kept and lent again, for a tree has a hundred
 * thousand files and a memory costs more than chunking most of them. What was read into them before is still there.
 */
export function borrowWindow(dataBytes: number): Kernels {
  return idle.get(dataBytes)?.pop() ?? createKernels({ dataBytes });
}

/** Gives back what `borrowWindow(dataBytes)` lent, once. */
export function returnWindow(dataBytes: number, window: Kernels): void {
  const waiting = idle.get(dataBytes) ?? [];
  if (waiting.length < maxIdlePerSize) waiting.push(window);
  idle.set(dataBytes, waiting);
}
