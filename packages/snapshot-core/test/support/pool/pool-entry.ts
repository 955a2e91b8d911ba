import { serveTasks } from '../../../src/worker-pool/serve-tasks.ts';
import { addTask, countTask, failTask, nestTask, rememberTask, spinTask, takeTask } from './pool-tasks.ts';

serveTasks([addTask, countTask, failTask, nestTask, rememberTask, spinTask, takeTask]);
