/** What a command is aimed at and what it carries. */
export interface CommandItem {
  readonly targetUri?: string;
  readonly sourceUri?: string;
  /** Format and type of the item, or of the command when the item has none. */
  readonly format?: string;
  readonly type?: string;
  /** The size of the whole object in bytes of UTF-8, as the first chunk announces it. */
  readonly sizeBytes?: number;
  readonly data?: string;
  /** More chunks of the same object follow. */
  readonly hasMoreData?: boolean;
  /** The data came in a CDATA section. */
  readonly hasCdata?: boolean;
}

/** The commands that work on the device's tree. */
export type TreeVerb = 'Add' | 'Replace' | 'Delete' | 'Get' | 'Exec';

/** A command on nodes. Without `cmdId` it is answered with 400. */
export interface TreeCommand {
  readonly kind: 'tree';
  readonly verb: TreeVerb;
  readonly cmdId?: string;
  readonly wantsNoStatus?: boolean;
  readonly items: readonly CommandItem[];
}

/** Commands that are one: all or nothing (Atomic), or in order (Sequence). */
export interface GroupCommand {
  readonly kind: 'group';
  readonly verb: 'Atomic' | 'Sequence';
  readonly cmdId?: string;
  readonly wantsNoStatus?: boolean;
  readonly commands: readonly DeviceCommand[];
}

/** An alert of the server: 1222 asks for the next message, 1223 ends the session. */
export interface AlertCommand {
  readonly kind: 'alert';
  readonly cmdId?: string;
  readonly wantsNoStatus?: boolean;
  readonly code: string;
}

/** An element where a command should be; answered with 400. */
export interface ForeignCommand {
  readonly kind: 'foreign';
  readonly name: string;
  readonly cmdId?: string;
}

/** Anything that stands where a command of the server should be. */
export type DeviceCommand = TreeCommand | GroupCommand | AlertCommand | ForeignCommand;

/** What the server says about a command of the client. */
export interface ServerStatus {
  readonly cmdId?: string;
  readonly msgRef: string;
  readonly cmdRef: string;
  readonly cmd: string;
  readonly status: number;
}
