/** Every route of the protocol, v1. All are POST; bodies are JSON except the artifact's. */
export const protocolRoutes = {
  enrol: '/winre/v1/enrol',
  challenge: '/winre/v1/challenge',
  hello: '/winre/v1/channel',
  poll: '/winre/v1/channel/poll',
  report: '/winre/v1/channel/report',
  reply: '/winre/v1/channel/reply',
  logs: '/winre/v1/channel/logs',
  artifact: '/winre/v1/channel/artifact',
  escrow: '/winre/v1/channel/escrow',
  end: '/winre/v1/channel/end',
} as const;
export type ProtocolRoute = keyof typeof protocolRoutes;
