/**
 * Bytes at offsets: a raw disk image, a partition, a shadow copy. Everything block-wise goes through this port.
 *
 * Calls do not overlap. Offsets and lengths are bytes of any alignment, because chunks end where the content says; an
 * implementation over a device that takes whole sectors only must read, change and write them.
 */
export interface VolumePort {
  /** For people and records: the path or device name. */
  readonly description: string;
  /** Size in bytes; fixed while the port is open. */
  readonly bytes: number;
  /** Fills `into` from `offset` and returns how many bytes it got; fewer only at the end of the volume. */
  read(offset: number, into: Uint8Array): Promise<number>;
  /** Writes all of `from` at `offset`. Never called on a source. */
  write(offset: number, from: Uint8Array): Promise<void>;
  /** Resolves when everything written is on stable storage. */
  flush(): Promise<void>;
  /** Whether a path of this machine lies on the volume, so that overwriting the volume would harm it. */
  holdsPath(path: string): Promise<boolean>;
}
