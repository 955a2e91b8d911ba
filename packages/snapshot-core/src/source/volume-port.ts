import type { ByteRange } from './byte-range.ts';

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
  /** The device's own unit of writing in bytes, for whoever shows or plans with it. Reads and writes through this port have any length all the same. */
  readonly sectorBytes?: number;
  /** True for a volume that is encrypted where it lies (BitLocker, LUKS) and is read here in the clear: only an encrypted repository takes it. */
  readonly isEncrypted?: boolean;
  /**
   * A file descriptor of this process that gives and takes the same bytes at any offset and alignment. With it, worker threads read and
   * write past this port, several at once, for as long as the port is open; `flush` must cover what they wrote.
   */
  readonly descriptor?: number;
  /** Fills `into` from `offset` and returns how many bytes it got; fewer only at the end of the volume. */
  read(offset: number, into: Uint8Array): Promise<number>;
  /** Writes all of `from` at `offset`. Never called on a source. */
  write(offset: number, from: Uint8Array): Promise<void>;
  /** Resolves when everything written is on stable storage. */
  flush(): Promise<void>;
  /** Whether a path of this machine lies on the volume, so that overwriting the volume would harm it. */
  holdsPath(path: string): Promise<boolean>;
  /**
   * The ranges that the file system uses, in any order. Everything else counts as zeros and is not read by a snapshot; bytes that
   * lie there now are lost to it. Absent: everything is used.
   */
  allocatedRanges?(): AsyncIterable<ByteRange> | Iterable<ByteRange>;
  /** Keeps everybody else from the volume until `unlock`; called before the first write. It rejects when somebody uses the volume. */
  lock?(): Promise<void>;
  /** Makes the system forget what it knows of the file system on the volume; called after `lock`, before the first write. */
  dismount?(): Promise<void>;
  /** Ends what `lock` began; called in any case once `lock` has resolved. */
  unlock?(): Promise<void>;
}
