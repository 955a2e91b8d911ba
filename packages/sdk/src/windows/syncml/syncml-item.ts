/**
 * What kind of value an item holds, in elements of the namespace `syncml:metinf`.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/221ba29e-f0da-4b04-af9e-42f8631aea68
 */
export interface SyncMlMeta {
  /** As in the node's description: `node`, `chr`, `int`, `bool`, `xml`, `b64`, `bin`, `null`, `date`, `time`, `float`. Other words are kept as they came. */
  readonly format?: string;
  /** A media type, or the type of an alert such as `com.microsoft/MDM/LoginStatus`. */
  readonly type?: string;
  /** Importance of a generic alert, such as `informational` or `critical`. */
  readonly mark?: string;
  /** Bytes (UTF-8) of the whole value; stands in the first chunk of a large object. */
  readonly sizeBytes?: number;
  readonly nextNonce?: string;
  /** The longest message that the sender takes. */
  readonly maxMessageBytes?: number;
  /** The longest value that the sender takes. */
  readonly maxObjectBytes?: number;
}

/** One node with or without a value. Values are plain text here: escaping is the codec's, and the codec never writes CDATA, which Windows does not take. */
export interface SyncMlItem {
  /** LocURI of the node that is spoken to. */
  readonly target?: string;
  /** LocURI of the node that speaks: in `Results`, alerts, and what a client says of itself. */
  readonly source?: string;
  readonly meta?: SyncMlMeta;
  readonly data?: string;
  /** The value goes on in the next message; `meta.sizeBytes` of the first chunk gives its whole length. */
  readonly hasMoreData?: boolean;
}
