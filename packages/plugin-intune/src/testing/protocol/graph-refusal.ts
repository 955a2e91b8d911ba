import { jsonReply, type GraphReply } from './graph-reply.ts';

/** Why Graph does not do what it was asked. */
export interface GraphRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The ids that Graph puts into every reply. */
export interface RequestIds {
  readonly requestId: string;
  /** As the client sent it, or made for it. */
  readonly clientRequestId: string;
  /** ISO, as in `innerError.date`: without milliseconds and zone. */
  readonly date: string;
}

/** A refusal in the form of Graph's error body. */
export function refusalReply(refusal: GraphRefusal, ids: RequestIds): GraphReply {
  const innerError = { date: ids.date, 'request-id': ids.requestId, 'client-request-id': ids.clientRequestId };
  return jsonReply(refusal.status, { error: { code: refusal.code, message: refusal.message, innerError } }, refusal.headers);
}

/** The refusals that several places need. */
export const refusals = {
  badRequest: (message: string): GraphRefusal => ({ status: 400, code: 'BadRequest', message }),
  notFound: (what: string, id: string): GraphRefusal => ({ status: 404, code: 'ResourceNotFound', message: `The ${what} '${id}' was not found.` }),
  forbidden: (message: string): GraphRefusal => ({ status: 403, code: 'Forbidden', message }),
  conflict: (message: string): GraphRefusal => ({ status: 409, code: 'Conflict', message }),
} as const;
