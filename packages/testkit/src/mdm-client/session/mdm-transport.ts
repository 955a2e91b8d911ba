/** The certificate that a client shows, with its key; both in PEM. `privateKeyPem` is a secret. */
export interface ClientIdentity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** A request of the client to one of the server's services. */
export interface MdmRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly identity?: ClientIdentity;
  /** Authorities to trust instead of those of Node, in PEM. */
  readonly trustedAuthoritiesPem?: string;
  readonly signal?: AbortSignal;
}

/** The whole answer to it. */
export interface MdmResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Carries requests to the server. Tests may put their own in front of the real one, or in place of it. */
export interface MdmTransport {
  /** @throws {RecoveryError} `unavailable` when there is no answer; `retry` says whether the server may have seen the request. */
  send(request: MdmRequest): Promise<MdmResponse>;
  /** Ends idle connections; called at the end of each session and enrolment. */
  close(): void;
}
