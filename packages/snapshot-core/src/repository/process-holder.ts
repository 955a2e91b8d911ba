import { hostname } from 'node:os';
import type { LeaseHolder } from './lease.ts';

/** This process on this host, as a holder of leases. */
export function createProcessHolder(): LeaseHolder {
  return {
    hostname: hostname().slice(0, 60),
    processId: process.pid,
    isProcessAlive(processId) {
      try {
        process.kill(processId, 0);
        return true;
      } catch (error) {
        // EPERM: it runs, but belongs to somebody else.
        return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
      }
    },
  };
}
