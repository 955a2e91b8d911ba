import { serveTasks } from '../worker-pool/serve-tasks.ts';
import { workerTasks } from './worker-tasks.ts';

serveTasks(workerTasks);
