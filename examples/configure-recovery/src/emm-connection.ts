/** A sample EMM as an administrator's program reaches it, whoever started it. */
export interface EmmConnection {
  readonly url: string;
  /** Of the EMM's own authority; devices have to trust it. */
  readonly caCertificatePem: string;
  /** A call of the admin API. @throws {RecoveryError} `unavailable` with what the EMM said when it refuses */
  admin<Reply>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Reply>;
}
