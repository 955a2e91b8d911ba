import type { DeviceFault } from './device/device-fault.ts';

/** The device dies in a session, once: it has read the server's message of that number (default 1) and never answers. */
export interface DropReplyFault {
  readonly kind: 'drop-reply';
  readonly message?: number;
  /** Whether it dies before it ran the commands of that message, or after (the default). */
  readonly when?: 'before-commands' | 'after-commands';
}

/** What tests can make go wrong. */
export type MdmFault = DeviceFault | DropReplyFault;
