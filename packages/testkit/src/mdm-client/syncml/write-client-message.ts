import type { ClientCommand } from './client-command.ts';
import { tag, type Markup } from './write-message-xml.ts';

/** Header of a message that the client sends. */
export interface ClientHeader {
  readonly sessionId: string;
  readonly msgId: string;
  readonly targetUri: string;
  readonly sourceUri: string;
  /** The largest message the client takes, in bytes. */
  readonly maxMsgSizeBytes: number;
}

/** A command of the client with the MsgID of the server's message that it answers; empty for what it says on its own. */
export interface OutgoingCommand {
  readonly command: ClientCommand;
  readonly msgRef: string;
}

/**
 * Writes a message with the commands as they come; CmdIDs are given from 1 in order.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be
 */
export function writeClientMessage(header: ClientHeader, outgoing: readonly OutgoingCommand[], isFinal: boolean): string {
  const headerXml = tag('SyncHdr', {},
    tag('VerDTD', {}, '1.2'), tag('VerProto', {}, 'DM/1.2'), tag('SessionID', {}, header.sessionId), tag('MsgID', {}, header.msgId),
    uri('Target', header.targetUri), uri('Source', header.sourceUri),
    tag('Meta', {}, meta('MaxMsgSize', String(header.maxMsgSizeBytes))));
  const body = tag('SyncBody', {}, ...outgoing.map((one, index) => writeCommand(one, String(index + 1))), isFinal ? tag('Final', {}) : undefined);
  return `<?xml version="1.0" encoding="utf-8"?>${tag('SyncML', { xmlns: 'SYNCML:SYNCML1.2' }, headerXml, body).xml}`;
}

/** Writes one command as it stands in a message. */
export function writeCommand({ command, msgRef }: OutgoingCommand, cmdId: string): Markup {
  const id = tag('CmdID', {}, cmdId);
  switch (command.kind) {
    case 'status':
      return tag('Status', {}, id, tag('MsgRef', {}, msgRef), tag('CmdRef', {}, command.cmdRef), tag('Cmd', {}, command.cmd),
        command.targetRef === undefined ? undefined : tag('TargetRef', {}, command.targetRef), tag('Data', {}, String(command.status)));
    case 'results':
      return tag('Results', {}, id, tag('MsgRef', {}, msgRef), tag('CmdRef', {}, command.cmdRef),
        tag('Item', {}, uri('Source', command.sourceUri),
          tag('Meta', {}, meta('Format', command.format), meta('Type', 'text/plain'), command.sizeBytes === undefined ? undefined : meta('Size', String(command.sizeBytes))),
          tag('Data', {}, command.data), command.hasMoreData === true ? tag('MoreData', {}) : undefined));
    case 'alert':
      return tag('Alert', {}, id, tag('Data', {}, command.code), command.item === undefined ? undefined : tag('Item', {},
        command.item.sourceUri === undefined ? undefined : uri('Source', command.item.sourceUri),
        tag('Meta', {}, meta('Type', command.item.type), command.item.format === undefined ? undefined : meta('Format', command.item.format)),
        tag('Data', {}, command.item.data)));
    case 'device-information':
      return tag('Replace', {}, id, ...command.nodes.map((node) => tag('Item', {}, uri('Source', node.uri), tag('Data', {}, node.value))));
  }
}

function uri(name: 'Target' | 'Source', value: string): Markup {
  return tag(name, {}, tag('LocURI', {}, value));
}

function meta(name: string, value: string): Markup {
  return tag(name, { xmlns: 'syncml:metinf' }, value);
}
