import { describeRegionTask, rebuildRegionTask, searchBaseTask } from '../delta/delta-tasks.ts';
import type { AnyTask } from '../worker-pool/worker-task.ts';

/** Every task that can run in a worker thread. */
export const workerTasks: readonly AnyTask[] = [describeRegionTask, searchBaseTask, rebuildRegionTask];
