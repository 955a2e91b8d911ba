/** What goes back over the wire. */
export interface GraphReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for a reply without a body. */
  readonly text?: string;
  /** The connection breaks instead. */
  readonly isCut?: boolean;
}

/** A reply in JSON. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): GraphReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, text: JSON.stringify(value) };
}
