import type { CallOptions } from './call-options.ts';

/** `shared`: any number at once. `exclusive`: alone. */
export type LeaseMode = 'shared' | 'exclusive';

/** How to wait for a lease, and whom to ignore. */
export interface LeaseOptions extends CallOptions {
  /** How long to wait for other holders before `repository/locked`. Default 0: refuse at once. */
  readonly waitAtMostMs?: number;
  /** Take the lease whatever others hold. For recovery mode, where the holder's system is known to be down. Default false. */
  readonly ignoreOthers?: boolean;
}

/** Who asks for leases: tells people whom to look for, and lets a dead holder on the same machine be recognised. */
export interface LeaseHolder {
  readonly hostname: string;
  readonly processId: number;
  /** Whether a process of this machine is running. */
  isProcessAlive(processId: number): boolean;
}
