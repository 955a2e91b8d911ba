/** Header and frame of a message of the server, written by hand after https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be */
export function say(msgId: number, body: string, options: { session?: string; header?: string; isFinal?: boolean } = {}): string {
  const { session = '1', header = '', isFinal = true } = options;
  return `<?xml version="1.0" encoding="utf-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>${session}</SessionID><MsgID>${msgId}</MsgID><Target><LocURI>PC-1</LocURI></Target><Source><LocURI>https://127.0.0.1/omadm</LocURI></Source>${header}</SyncHdr><SyncBody>${body}${isFinal ? '<Final/>' : ''}</SyncBody></SyncML>`;
}

export function status(cmdId: number, msgRef: number, cmdRef: number, cmd: string, code = 200): string {
  return `<Status><CmdID>${cmdId}</CmdID><MsgRef>${msgRef}</MsgRef><CmdRef>${cmdRef}</CmdRef><Cmd>${cmd}</Cmd><Data>${code}</Data></Status>`;
}

/** The answers to the first message of a client that has nothing to report: header, two alerts, Replace of DevInfo. CmdIDs 1 to 4. */
export const welcome = status(1, 1, 0, 'SyncHdr', 212) + status(2, 1, 1, 'Alert') + status(3, 1, 2, 'Alert') + status(4, 1, 3, 'Replace');

/** The answer to the header of a later message. CmdID 1. */
export function header(msgRef: number): string {
  return status(1, msgRef, 0, 'SyncHdr');
}

export function get(cmdId: number, ...uris: readonly string[]): string {
  return `<Get><CmdID>${cmdId}</CmdID>${uris.map((uri) => `<Item><Target><LocURI>${uri}</LocURI></Target></Item>`).join('')}</Get>`;
}

export function write(verb: 'Add' | 'Replace', cmdId: number, uri: string, format: string, data: string, more = { size: '', end: '' }): string {
  return `<${verb}><CmdID>${cmdId}</CmdID><Item><Target><LocURI>${uri}</LocURI></Target><Meta><Format xmlns="syncml:metinf">${format}</Format><Type xmlns="syncml:metinf">text/plain</Type>${more.size}</Meta><Data>${data}</Data>${more.end}</Item></${verb}>`;
}
