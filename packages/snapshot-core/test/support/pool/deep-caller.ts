import { parentPort, workerData } from 'node:worker_threads';
import { createWorkerPool } from '../../../src/worker-pool/worker-pool.ts';
import { nest, takeTask } from './pool-tasks.ts';

// Run as a thread with a larger stack than the pool's threads have: it can send what they cannot read.
const pool = createWorkerPool({ workers: 1, entry: new URL('./pool-entry.ts', import.meta.url) });
const outcomes = await Promise.allSettled([pool.run(takeTask, nest((workerData as { depth: number }).depth)), pool.run(takeTask, {})]);
await pool.close();
const port = parentPort;
port?.postMessage(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as { code?: unknown }).code)));
