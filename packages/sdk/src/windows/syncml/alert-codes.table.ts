/**
 * Codes of `Alert` in OMA DM as Windows uses them, by what they say.
 *
 * `serverInitiated` answers a push, `clientInitiated` is the device's own schedule; `nextMessage` asks for the next chunk or message;
 * `sessionAbort` ends without a result; `clientEvent` tells something about the session, with its type in the item's meta
 * (`com.microsoft/MDM/LoginStatus`, `com.microsoft.mdm.synctype`, `com.microsoft/MDM/DevicePrepSync`); `noEndOfData` says that a large object stopped in the middle;
 * `genericAlert` tells what happened to a node, such as the end of an asynchronous command or an unenrolment by the user.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm (section 2.2.7.2)
 */
export const alertCodes = {
  serverInitiated: 1200,
  clientInitiated: 1201,
  nextMessage: 1222,
  sessionAbort: 1223,
  clientEvent: 1224,
  noEndOfData: 1225,
  genericAlert: 1226,
} as const;
