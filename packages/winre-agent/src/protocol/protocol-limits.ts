/** What both ends hold each other to. A body over its limit is answered with `resource-exhausted`, nothing changed. */
export const protocolLimits = {
  /** Requests that anybody can send: enrol, challenge, hello. */
  maxOpenBodyBytes: 64 * 1_024,
  /** Any other JSON request. */
  maxBodyBytes: 1_048_576,
  maxArtifactBytes: 32 * 1_048_576,
  /** A reply: commands carry scripts and packages. */
  maxReplyBytes: 48 * 1_048_576,
  /** Commands in one poll reply. */
  maxCommandsPerPoll: 8,
  /** Questions to one device that wait for their answers. A poll names those that are worked on, so it must stay below what a poll may hold. */
  maxOpenQueries: 32,
  maxPollWaitMs: 60_000,
  challengeLifetimeMs: 60_000,
  /** Of one device, replaced ones included; Entra ID keeps as many. */
  maxEscrowedKeys: 200,
  /** How far below the highest sequence seen a request may lie, so that parallel requests may overtake each other. */
  sequenceWindow: 64,
  maxReportsPerRequest: 64,
  maxChunksPerRequest: 256,
  maxChunkBytes: 64 * 1_024,
} as const;
