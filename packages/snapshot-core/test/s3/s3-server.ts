/** An S3 server that a test started. */
export interface S3Server {
  readonly endpoint: string;
  /** Exists, and is empty at first. */
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}
