import { RecoveryError } from '../../errors/recovery-error.ts';
import { childElements, findElement, type XmlElement } from '../xml/xml-element.ts';
import { decodeItems, decodeMeta, optionalText, requiredElement, requiredText, wholeNumber } from './decode-elements.ts';
import type { AtomicCommand, RequestCommand, ResultsCommand, StatusCommand, SyncMlCommand } from './syncml-command.ts';
import { microsoftNamespace, syncMlNamespace } from './syncml-names.ts';

const partsOfAll: readonly string[] = ['CmdID', 'NoResp', 'Meta'];

/** Reads one command of a body. @throws {RecoveryError} `invalid-argument` for an unknown one, or one without what it needs */
export function decodeCommand(element: XmlElement): SyncMlCommand {
  switch (element.name) {
    case 'Status': return decodeStatus(element);
    case 'Results': return decodeResults(element);
    default: return decodeRequest(element);
  }
}

function decodeRequest(element: XmlElement): RequestCommand {
  const meta = decodeMeta(element);
  const shared = { commandId: requiredText(element, 'CmdID'), ...(findElement(element, 'NoResp') && { wantsNoResponse: true }), ...(meta && { meta }) };
  const correlatorText = optionalText(element, 'Correlator');
  const correlator = correlatorText === undefined ? {} : { correlator: correlatorText };
  switch (element.name) {
    case 'Add':
    case 'Replace':
    case 'Delete':
    case 'Get': return { name: element.name, ...shared, items: decodeItems(element) };
    case 'Exec': return { name: 'Exec', ...shared, ...correlator, items: decodeItems(element) };
    case 'Alert': return { name: 'Alert', ...shared, code: wholeNumber(requiredText(element, 'Data'), 'alert code'), ...correlator, items: decodeItems(element) };
    case 'Atomic':
    case 'Sequence': return { name: element.name, ...shared, commands: decodeMembers(element) };
    default: throw new RecoveryError('invalid-argument', 'SyncML message with an element that is no command');
  }
}

function decodeMembers(element: XmlElement): AtomicCommand['commands'] {
  return element.children.filter((child) => child.namespace === syncMlNamespace && !partsOfAll.includes(child.name)).map(decodeRequest);
}

function decodeStatus(element: XmlElement): StatusCommand {
  const data = requiredElement(element, 'Data');
  const challenge = findElement(element, 'Chal');
  const challengeMeta = challenge && decodeMeta(challenge);
  const originalError = data.attributes[`{${microsoftNamespace}}originalerror`];
  return {
    name: 'Status',
    commandId: requiredText(element, 'CmdID'),
    messageRef: requiredText(element, 'MsgRef'),
    commandRef: requiredText(element, 'CmdRef'),
    command: requiredText(element, 'Cmd'),
    targetRefs: textsOf(element, 'TargetRef'),
    sourceRefs: textsOf(element, 'SourceRef'),
    ...(challengeMeta && { challenge: challengeMeta }),
    code: wholeNumber(requiredText(element, 'Data'), 'status code'),
    ...(originalError !== undefined && { originalError }),
    items: decodeItems(element),
  };
}

/** References that are left out mean `1` (section 2.2.7.8). @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm */
function decodeResults(element: XmlElement): ResultsCommand {
  const meta = decodeMeta(element);
  const [targetRef] = textsOf(element, 'TargetRef');
  const [sourceRef] = textsOf(element, 'SourceRef');
  return {
    name: 'Results',
    commandId: requiredText(element, 'CmdID'),
    messageRef: optionalText(element, 'MsgRef') ?? '1',
    commandRef: optionalText(element, 'CmdRef') ?? '1',
    command: optionalText(element, 'Cmd') ?? 'Get',
    ...(meta && { meta }),
    ...(targetRef !== undefined && { targetRef }),
    ...(sourceRef !== undefined && { sourceRef }),
    items: decodeItems(element),
  };
}

/** Addresses stand in the element itself, or in a LocURI of it, as the page of MS-MDM on SourceRef has them. */
function textsOf(element: XmlElement, name: string): readonly string[] {
  return childElements(element, name).map((reference) => optionalText(reference, 'LocURI') ?? reference.text.trim());
}
