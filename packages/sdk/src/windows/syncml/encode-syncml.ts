import { elementsIn, type XmlElement } from '../xml/xml-element.ts';
import { writeXml } from '../xml/write-xml.ts';
import type { SyncMlCommand } from './syncml-command.ts';
import type { SyncMlItem, SyncMlMeta } from './syncml-item.ts';
import type { SyncMlHeader, SyncMlMessage } from './syncml-message.ts';
import { metaNamespace, microsoftNamespace, syncMlNamespace } from './syncml-names.ts';

const make = elementsIn(syncMlNamespace);
const makeMeta = elementsIn(metaNamespace);

/**
 * Writes a message as `application/vnd.syncml.dm+xml`, elements in the order that the document type binds both sides to.
 *
 * Values are escaped, never CDATA. `decodeSyncMl(encodeSyncMl(message))` gives the message back.
 *
 * @throws {RecoveryError} `invalid-argument` for a value with a character that XML cannot carry
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/221ba29e-f0da-4b04-af9e-42f8631aea68
 */
export function encodeSyncMl(message: SyncMlMessage): string {
  const final = message.isFinal ? make('Final') : undefined;
  return writeXml(make('SyncML', {}, headerElement(message.header), make('SyncBody', {}, ...message.commands.map(commandElement), final)));
}

function headerElement(header: SyncMlHeader): XmlElement {
  return make(
    'SyncHdr', {},
    make('VerDTD', {}, '1.2'), make('VerProto', {}, 'DM/1.2'), make('SessionID', {}, header.sessionId), make('MsgID', {}, header.messageId),
    location('Target', header.target, header.targetName), location('Source', header.source, header.sourceName),
    textElement('RespURI', header.responseUri), flag('NoResp', header.wantsNoResponse),
    header.credential && make('Cred', {}, metaElement(header.credential.meta), make('Data', {}, header.credential.data)),
    metaElement(header.meta),
  );
}

function commandElement(command: SyncMlCommand): XmlElement {
  const numbered = make('CmdID', {}, command.commandId);
  switch (command.name) {
    case 'Status': {
      const error = command.originalError === undefined ? {} : { [`{${microsoftNamespace}}originalerror`]: command.originalError };
      return make(
        'Status', {}, numbered, make('MsgRef', {}, command.messageRef), make('CmdRef', {}, command.commandRef), make('Cmd', {}, command.command),
        ...command.targetRefs.map((uri) => make('TargetRef', {}, uri)), ...command.sourceRefs.map((uri) => make('SourceRef', {}, uri)),
        command.challenge && make('Chal', {}, metaElement(command.challenge)), make('Data', error, String(command.code)), ...command.items.map(itemElement),
      );
    }
    case 'Results':
      return make(
        'Results', {}, numbered, make('MsgRef', {}, command.messageRef), make('CmdRef', {}, command.commandRef), make('Cmd', {}, command.command),
        metaElement(command.meta), textElement('TargetRef', command.targetRef), textElement('SourceRef', command.sourceRef), ...command.items.map(itemElement),
      );
    case 'Atomic':
    case 'Sequence':
      return make(command.name, {}, numbered, flag('NoResp', command.wantsNoResponse), metaElement(command.meta), ...command.commands.map(commandElement));
    case 'Alert':
      return make(
        'Alert', {}, numbered, flag('NoResp', command.wantsNoResponse), metaElement(command.meta), make('Data', {}, String(command.code)),
        textElement('Correlator', command.correlator), ...command.items.map(itemElement),
      );
    case 'Add':
    case 'Replace':
    case 'Delete':
    case 'Get':
    case 'Exec': {
      const correlator = command.name === 'Exec' ? textElement('Correlator', command.correlator) : undefined;
      return make(command.name, {}, numbered, flag('NoResp', command.wantsNoResponse), metaElement(command.meta), correlator, ...command.items.map(itemElement));
    }
  }
}

function itemElement(item: SyncMlItem): XmlElement {
  return make('Item', {}, location('Target', item.target), location('Source', item.source), metaElement(item.meta), textElement('Data', item.data), flag('MoreData', item.hasMoreData));
}

function metaElement(meta: SyncMlMeta | undefined): XmlElement | undefined {
  if (meta === undefined) return undefined;
  const ordered: readonly (readonly [string, string | number | undefined])[] = [
    ['Format', meta.format], ['Type', meta.type], ['Mark', meta.mark], ['Size', meta.sizeBytes],
    ['NextNonce', meta.nextNonce], ['MaxMsgSize', meta.maxMessageBytes], ['MaxObjSize', meta.maxObjectBytes],
  ];
  return make('Meta', {}, ...ordered.map(([name, value]) => (value === undefined ? undefined : makeMeta(name, {}, String(value)))));
}

function location(name: 'Target' | 'Source', uri: string | undefined, displayName?: string): XmlElement | undefined {
  return uri === undefined ? undefined : make(name, {}, make('LocURI', {}, uri), textElement('LocName', displayName));
}

function textElement(name: string, text: string | undefined): XmlElement | undefined {
  return text === undefined ? undefined : make(name, {}, text);
}

function flag(name: string, isSet: boolean | undefined): XmlElement | undefined {
  return isSet === true ? make(name) : undefined;
}
