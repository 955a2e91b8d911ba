/** The answer to one command, or to one item of it. */
export interface StatusReply {
  readonly kind: 'status';
  /** Empty when the command had no CmdID, as Windows answers then. */
  readonly cmdRef: string;
  readonly cmd: string;
  /** Written when items of one command have different outcomes. */
  readonly targetRef?: string;
  readonly status: number;
  /** For people who read a test: what the simulated device disliked. It is not sent. */
  readonly reason?: string;
}

/** What a Get found. */
export interface ResultsReply {
  readonly kind: 'results';
  readonly cmdRef: string;
  readonly sourceUri: string;
  readonly format: string;
  readonly data: string;
  /** Set by the sender on chunks of an object that did not fit. */
  readonly sizeBytes?: number;
  readonly hasMoreData?: boolean;
}

/** An event that the device reports: 1200 and 1201 begin a session, 1222 asks for more, 1224 and 1226 carry an item. */
export interface ClientAlert {
  readonly kind: 'alert';
  readonly code: string;
  readonly item?: { readonly sourceUri?: string; readonly type: string; readonly format?: string; readonly data: string };
}

/** The Replace of DevInfo that begins a session. */
export interface DeviceInformation {
  readonly kind: 'device-information';
  readonly nodes: readonly { readonly uri: string; readonly value: string }[];
}

/** Anything that a client says. */
export type ClientCommand = StatusReply | ResultsReply | ClientAlert | DeviceInformation;
