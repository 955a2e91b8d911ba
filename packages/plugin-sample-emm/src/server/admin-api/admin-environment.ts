import type { Caller } from '../store/api-token-store.ts';
import type { Permission } from './roles.table.ts';

/** What the admin API's middleware leaves for its routes. */
export interface AdminEnvironment {
  Variables: {
    correlationId: string;
    caller: Caller;
    permission: Permission;
  };
}
