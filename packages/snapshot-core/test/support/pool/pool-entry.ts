import { serveTasks } from '../../../src/worker-pool/serve-tasks.ts';
import { addTask, countTask, failTask, rememberTask, spinTask } from './pool-tasks.ts';

serveTasks([addTask, countTask, failTask, rememberTask, spinTask]);
