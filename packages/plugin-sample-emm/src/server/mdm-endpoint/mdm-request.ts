import { valueOfNode, type DesiredNode, type NewRequestCommand, type SyncMlCommand } from '@winre-kit/sdk/windows';
import type { AskedCommand } from './mdm-session.ts';

/** Exec on it ends the enrolment; the device leaves by itself. @see https://learn.microsoft.com/windows/client-management/mdm/dmclient-csp */
export const unenrolUri = './Vendor/MSFT/DMClient/Unenroll';

/** A change of one node. */
export type NodeChange =
  | { readonly name: 'Add' | 'Replace'; readonly uri: string; readonly node: DesiredNode }
  | { readonly name: 'Delete'; readonly uri: string };

/** What a server asks of a device. */
export type MdmRequest =
  | NodeChange
  | { readonly name: 'Get'; readonly uri: string }
  | { readonly name: 'Atomic'; readonly uri: string; readonly members: readonly NodeChange[] }
  | { readonly name: 'Exec'; readonly uri: string; readonly execKey: string; readonly data?: string };

/**
 * The request as it is sent, values of nodes included: secrets, too.
 *
 * @param sentLength how much of its value has left already
 */
export function commandOf(request: MdmRequest, sentLength = 0): NewRequestCommand {
  const { name, uri } = request;
  switch (name) {
    case 'Atomic':
      return { name, commands: request.members.map((member) => commandOf(member)) };
    case 'Add':
    case 'Replace':
      return { name, items: [{ target: uri, meta: { format: request.node.format, type: 'text/plain' }, data: valueOfNode(request.node).slice(sentLength) }] };
    case 'Delete':
    case 'Get':
      return { name, items: [{ target: uri }] };
    case 'Exec':
      return { name, items: [{ target: uri, ...(request.data !== undefined && { meta: { format: 'chr', type: 'text/plain' }, data: request.data }) }] };
  }
}

/** What is remembered of a request, never a value. @param sent the request as it was numbered */
export function askedOf(request: MdmRequest, sent: SyncMlCommand): AskedCommand {
  const { name, uri } = request;
  const numbered = sent.name === 'Atomic' ? sent.commands : [];
  const members = name === 'Atomic' ? request.members.flatMap((member, index) => (numbered[index] ? [askedOf(member, numbered[index])] : [])) : undefined;
  return { commandId: sent.commandId, name, uri, ...(name === 'Exec' && { execKey: request.execKey }), ...(members && { members }) };
}
