/** The bytes of a pack that is being filled, from its first byte on. */
export interface PackBody {
  readonly lengthBytes: number;
  /**
   * Takes bytes behind the others. They are copied, or written, before it returns.
   *
   * @throws {SnapshotError} `storage/*` where they are written at once
   */
  append(bytes: Uint8Array): void;
  /**
   * Bytes that one `append` took, or a part of them; valid until the next call.
   *
   * @param offset in the body
   * @throws {SnapshotError} `storage/failed`
   */
  read(offset: number, lengthBytes: number): Uint8Array;
  /** Makes all of it a durable pack of that name, whole or not at all. @throws {SnapshotError} `storage/*` */
  store(name: string): Promise<void>;
  /** Lets go of what it holds: memory, or a file that was not stored. It must not be used afterwards. Calling it twice does nothing. */
  release(): void;
}
