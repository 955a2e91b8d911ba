/**
 * The order of children that the document type of SyncML fixes; one of several where texts differ.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/221ba29e-f0da-4b04-af9e-42f8631aea68 and SyncML Representation Protocol 1.2.2
 */
export const elementOrder: Readonly<Record<string, readonly (readonly string[])[]>> = {
  SyncML: [['SyncHdr', 'SyncBody']],
  SyncHdr: [['VerDTD', 'VerProto', 'SessionID', 'MsgID', 'Target', 'Source', 'RespURI', 'NoResp', 'Cred', 'Meta']],
  Item: [['Target', 'Source', 'SourceParent', 'TargetParent', 'Meta', 'Data', 'MoreData']],
  // First as OMA has it, then as MS-MDM 2.2.6.1 writes it.
  Status: [
    ['CmdID', 'MsgRef', 'CmdRef', 'Cmd', 'TargetRef', 'SourceRef', 'Cred', 'Chal', 'Data', 'Item'],
    ['CmdID', 'MsgRef', 'CmdRef', 'Cmd', 'Data', 'Item', 'TargetRef', 'SourceRef'],
  ],
  Add: [['CmdID', 'NoResp', 'Cred', 'Meta', 'Item']],
  Replace: [['CmdID', 'NoResp', 'Cred', 'Meta', 'Item']],
  Delete: [['CmdID', 'NoResp', 'Archive', 'SftDel', 'Cred', 'Meta', 'Item']],
  Get: [['CmdID', 'NoResp', 'Lang', 'Cred', 'Meta', 'Item']],
  Exec: [['CmdID', 'NoResp', 'Cred', 'Meta', 'Correlator', 'Item']],
  Alert: [['CmdID', 'NoResp', 'Cred', 'Data', 'Correlator', 'Item']],
};
