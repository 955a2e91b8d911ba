import { randomUUID } from 'node:crypto';
import type { IdSource } from '../../contract/host-services.ts';

/** Random ids, such as `operation-0f8e…`. */
export const systemIds: IdSource = { next: (kind) => `${kind}-${randomUUID()}` };
