import { RecoveryError } from '@winre-kit/sdk';
import { childOf, textOf } from './find-element.ts';
import { findOrderFaults } from './find-order-faults.ts';
import { readMessageXml, type MessageElement } from './read-message-xml.ts';
import type { CommandItem, DeviceCommand, ServerStatus, TreeVerb } from './server-command.ts';
import type { ServerMessage } from './server-message.ts';

const messageNamespace = 'SYNCML:SYNCML1.2';
const metaNamespace = 'syncml:metinf';
const treeVerbs: readonly string[] = ['Add', 'Replace', 'Delete', 'Get', 'Exec'] satisfies readonly TreeVerb[];

/**
 * Reads what the server sent. What can be understood is read even when Windows might refuse it; `violations` says what that is.
 *
 * @throws {RecoveryError} `invalid-argument` when it is not XML, not SyncML, or has no session or message id
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/221ba29e-f0da-4b04-af9e-42f8631aea68
 */
export function readServerMessage(text: string): ServerMessage {
  const root = readMessageXml(text);
  const header = childOf(root, 'SyncHdr');
  const body = childOf(root, 'SyncBody');
  if (root.name !== 'SyncML' || !header || !body) throw new RecoveryError('invalid-argument', 'the message is no SyncML with header and body');
  const sessionId = textOf(header, 'SessionID');
  const msgId = textOf(header, 'MsgID');
  if (!sessionId || !msgId) throw new RecoveryError('invalid-argument', 'the message has no SessionID or no MsgID');
  const violations = [...findOrderFaults(root), ...findNamespaceFaults(root, messageNamespace), ...findIdFaults(body)];
  const respUri = textOf(header, 'RespURI');
  const maxMsgSizeBytes = numberOf(textOf(childOf(header, 'Meta'), 'MaxMsgSize'));
  const last = body.children.at(-1);
  const isFinal = childOf(body, 'Final') !== undefined;
  if (isFinal && last?.name !== 'Final') violations.push('Final is not the last element of SyncBody');
  const commands = body.children.filter(({ name }) => name !== 'Final' && name !== 'Status').map(readCommand);
  if (hasCdataBelow(body)) violations.push('data came in a CDATA section');
  return {
    sessionId, msgId, isFinal, violations, commands,
    verDtd: textOf(header, 'VerDTD') ?? '',
    verProto: textOf(header, 'VerProto') ?? '',
    targetUri: textOf(childOf(header, 'Target'), 'LocURI') ?? '',
    sourceUri: textOf(childOf(header, 'Source'), 'LocURI') ?? '',
    hasCredentials: childOf(header, 'Cred') !== undefined,
    ...(respUri === undefined ? {} : { respUri }),
    ...(maxMsgSizeBytes === undefined ? {} : { maxMsgSizeBytes }),
    statuses: body.children.filter(({ name }) => name === 'Status').map(readStatus),
  };
}

function readCommand(element: MessageElement): DeviceCommand {
  const cmdId = textOf(element, 'CmdID');
  const common = { ...(cmdId ? { cmdId } : {}), ...(childOf(element, 'NoResp') ? { wantsNoStatus: true } : {}) };
  const { name } = element;
  if (isTreeVerb(name)) return { kind: 'tree', verb: name, ...common, items: readItems(element) };
  if (name === 'Atomic' || name === 'Sequence') {
    return { kind: 'group', verb: name, ...common, commands: element.children.filter((child) => !['CmdID', 'NoResp', 'Meta'].includes(child.name)).map(readCommand) };
  }
  if (name === 'Alert') return { kind: 'alert', ...common, code: textOf(element, 'Data') ?? '' };
  return { kind: 'foreign', name, ...(cmdId ? { cmdId } : {}) };
}

function readItems(command: MessageElement): CommandItem[] {
  const commandMeta = childOf(command, 'Meta');
  return command.children.filter(({ name }) => name === 'Item').map((item) => {
    const meta = childOf(item, 'Meta');
    const data = childOf(item, 'Data');
    const targetUri = textOf(childOf(item, 'Target'), 'LocURI');
    const sourceUri = textOf(childOf(item, 'Source'), 'LocURI');
    const format = textOf(meta, 'Format') ?? textOf(commandMeta, 'Format');
    const type = textOf(meta, 'Type') ?? textOf(commandMeta, 'Type');
    const sizeBytes = numberOf(textOf(meta, 'Size') ?? textOf(commandMeta, 'Size'));
    return {
      ...(targetUri === undefined ? {} : { targetUri }),
      ...(sourceUri === undefined ? {} : { sourceUri }),
      ...(format === undefined ? {} : { format }),
      ...(type === undefined ? {} : { type }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...(data === undefined ? {} : { data: data.text }),
      ...(childOf(item, 'MoreData') ? { hasMoreData: true } : {}),
      ...(data?.hasCdata ? { hasCdata: true } : {}),
    };
  });
}

function readStatus(element: MessageElement): ServerStatus {
  const cmdId = textOf(element, 'CmdID');
  return {
    ...(cmdId ? { cmdId } : {}),
    msgRef: textOf(element, 'MsgRef') ?? '',
    cmdRef: textOf(element, 'CmdRef') ?? '',
    cmd: textOf(element, 'Cmd') ?? '',
    status: numberOf(textOf(element, 'Data')) ?? 0,
  };
}

/** Every element of a message is in the namespace of SyncML, and everything inside Meta in the one of meta information. */
function findNamespaceFaults(element: MessageElement, expected: string): string[] {
  const own = element.namespace === expected ? [] : [`${element.name} is in namespace ${element.namespace || '(none)'}, not ${expected}`];
  const inside = element.name === 'Meta' || expected === metaNamespace ? metaNamespace : messageNamespace;
  // Data may hold markup of its own when its format is xml.
  return element.name === 'Data' ? own : [...own, ...element.children.flatMap((child) => findNamespaceFaults(child, inside))];
}

function findIdFaults(body: MessageElement): string[] {
  const ids = new Set<string>();
  const faults: string[] = [];
  const walk = (element: MessageElement): void => {
    for (const child of element.children) {
      if (child.name === 'CmdID' || child.name === 'Item' || child.name === 'Meta' || child.name === 'Final') continue;
      if (!['Atomic', 'Sequence', 'Alert', 'Status', ...treeVerbs].includes(child.name)) continue;
      const id = textOf(child, 'CmdID');
      if (!id) faults.push(`${child.name} has no CmdID`);
      else if (id === '0' || ids.has(id)) faults.push(`CmdID ${id} of ${child.name} is not unique in the message`);
      else ids.add(id);
      if (child.name === 'Atomic' || child.name === 'Sequence') walk(child);
    }
  };
  walk(body);
  return faults;
}

function hasCdataBelow(element: MessageElement): boolean {
  return element.hasCdata || element.children.some(hasCdataBelow);
}

function isTreeVerb(name: string): name is TreeVerb {
  return treeVerbs.includes(name);
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
