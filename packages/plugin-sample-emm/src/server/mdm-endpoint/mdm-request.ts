import { valueOfNode, type DesiredNode, type RequestCommand, type SyncMlCommand } from '@winre-kit/sdk/windows';
import type { AskedCommand } from './mdm-session.ts';

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

/** Requests as commands with numbers, and what is remembered of them. */
export interface NumberedRequests {
  readonly commands: readonly SyncMlCommand[];
  readonly asked: readonly AskedCommand[];
}

/** Numbers requests, members of an Atomic after the Atomic itself. The values of nodes, secrets too, are in `commands` only. Pure. */
export function numberRequests(requests: readonly MdmRequest[], nextId: () => string): NumberedRequests {
  const numbered = requests.map((request) => numberRequest(request, nextId));
  return { commands: numbered.map(({ command }) => command), asked: numbered.map(({ asked }) => asked) };
}

function numberRequest(request: MdmRequest, nextId: () => string): { readonly command: RequestCommand; readonly asked: AskedCommand } {
  const commandId = nextId();
  const { uri } = request;
  switch (request.name) {
    case 'Atomic': {
      const members = request.members.map((member) => numberRequest(member, nextId));
      return { command: { name: 'Atomic', commandId, commands: members.map(({ command }) => command) }, asked: { commandId, name: 'Atomic', uri, members: members.map(({ asked }) => asked) } };
    }
    case 'Add':
    case 'Replace': {
      const { name, node } = request;
      const item = { target: uri, meta: { format: node.format, type: 'text/plain' }, data: valueOfNode(node) };
      return { command: { name, commandId, items: [item] }, asked: { commandId, name, uri } };
    }
    case 'Delete':
    case 'Get':
      return { command: { name: request.name, commandId, items: [{ target: uri }] }, asked: { commandId, name: request.name, uri } };
    case 'Exec':
      return { command: { name: 'Exec', commandId, items: [{ target: uri, ...(request.data !== undefined && { meta: { format: 'chr', type: 'text/plain' }, data: request.data }) }] }, asked: { commandId, name: 'Exec', uri, execKey: request.execKey } };
  }
}
