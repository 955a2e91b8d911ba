import type { z } from 'zod';
import type { ParkedWrite } from './approval/parked-write.ts';

/** `beta` may change any day and Microsoft supports no production use of it; each capability says which it needs. */
export type GraphVersion = 'v1.0' | 'beta';

/** Where in Graph, and what for. */
export interface GraphAddress {
  readonly version: GraphVersion;
  /** Below the version, made with `graphPath`. */
  readonly path: string;
  /** Names with their `$`, values as they are. */
  readonly query?: Readonly<Record<string, string>>;
  /** Names the call in messages, such as `listing managed devices`. */
  readonly doing: string;
  /** Permissions of which any one is enough; a refusal names them. */
  readonly scopes: readonly string[];
}

/** A question. It may be asked again, so it is, when Graph is busy. */
export interface GraphRead<Reply extends z.ZodType> extends GraphAddress {
  readonly reply: Reply;
}

/** A list over all its pages. */
export interface GraphList<Item extends z.ZodType<{ readonly id: string }>> extends GraphAddress {
  readonly item: Item;
}

/** Many questions of one kind, sent 20 at a time. */
export interface GraphReadMany<Reply extends z.ZodType> extends Omit<GraphAddress, 'path' | 'query'> {
  readonly questions: readonly Pick<GraphAddress, 'path' | 'query'>[];
  /** Of each answer. A list in it is its first page only. */
  readonly reply: Reply;
}

/** What became of one of many questions. */
export type GraphPartAnswer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Error };

/** A change. It is sent once. */
export interface GraphWrite<Reply extends z.ZodType> extends GraphAddress {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** JSON as it goes out. Where Multi Admin Approval holds the request back, the very same bytes are sent later. */
  readonly bodyText?: string;
  /** Of a 204 this is `z.null()`. */
  readonly reply: Reply;
  /** Why it is done, for the people who approve it in the admin center. At most 1,024 characters arrive. */
  readonly justification: string;
  /** True when secret values stand in the body: nothing that Graph says is quoted then, and a parked request is kept without its body. */
  readonly carriesSecrets?: boolean;
}

/** A parked change, sent again after people approved it. */
export interface GraphResend<Reply extends z.ZodType> extends Pick<GraphWrite<Reply>, 'reply' | 'doing' | 'scopes'> {
  readonly parked: ParkedWrite;
  /** Only for a request that was parked without its body, because of secrets or its length: the same bytes again. */
  readonly bodyText?: string;
}

/** Graph took the change, or holds it back until other administrators approve it. Neither says that a device did anything. */
export type GraphWriteAnswer<Value> = { readonly state: 'taken'; readonly reply: Value } | { readonly state: 'parked'; readonly parked: ParkedWrite };
