export { dialectOf, quickMachineRecoveryMinimumBuild, recoveryMinimumBuilds } from './csp/csp-dialect.ts';
export type { CspDialect, DialectVerdict } from './csp/csp-dialect.ts';
export type { CspAccess, CspFormat, CspNode, CspRange, CspTable } from './csp/csp-node.ts';
export { factSources } from './csp/fact-sources.table.ts';
export type { FactGrade, FactSource, FactTag } from './csp/fact-sources.table.ts';
export { describeHresult, hresultTable } from './csp/hresult.table.ts';
export type { HresultMeaning } from './csp/hresult.table.ts';
export { judgeWipe, readRedeployment } from './csp/judge-wipe.ts';
export type { RedeploymentOutcome, WipeVerdict } from './csp/judge-wipe.ts';
export { canonicalUri, decodeUriName, encodeUriName } from './csp/loc-uri.ts';
export { meaningsOfPasswordEncryption, passwordEncryptionCodes } from './csp/password-encryption-codes.table.ts';
export type { PasswordEncryption, PasswordEncryptionCodebook } from './csp/password-encryption-codes.table.ts';
export { recoveryCsp } from './csp/recovery-csp.table.ts';
export { remoteRemediationCsp } from './csp/remote-remediation-csp.table.ts';
export { redeploymentStates, remoteWipeCsp, wipeActions } from './csp/remote-wipe-csp.table.ts';
export type { WipeAction } from './csp/remote-wipe-csp.table.ts';
export { compareWindowsBuilds, formatWindowsBuild, hasMinimumBuild, parseWindowsBuild } from './csp/windows-build.ts';
export type { WindowsBuild } from './csp/windows-build.ts';
export { editionOfProductCode, windowsEditionCodes } from './csp/windows-editions.table.ts';
export type { WindowsEdition } from './csp/windows-editions.table.ts';
export { parseRecoverySettingsXml } from './reagentc/parse-recovery-settings-xml.ts';
export type { ParsedRecoverySettings } from './reagentc/parse-recovery-settings-xml.ts';
export { applySettingsSequence, recoveryCommandSequence } from './reagentc/recovery-command-sequences.ts';
export type { RecoveryPurpose, RecoveryStep, RecoveryStepFailure } from './reagentc/recovery-command-sequences.ts';
export { recoverySettingsXml } from './reagentc/recovery-settings-xml.ts';
export type { ReagentcWifi } from './reagentc/recovery-settings-xml.ts';
export { redactRecoverySettings } from './reagentc/redact-recovery-settings.ts';
export { compileSettings } from './recovery-settings/compile-settings.ts';
export type { CompileTarget } from './recovery-settings/compile-settings.ts';
export { completeRemediationPolicy, completeRestorePolicy } from './recovery-settings/complete-policies.ts';
export type { CompletedPolicy } from './recovery-settings/complete-policies.ts';
export { valueOfNode } from './recovery-settings/desired-node.ts';
export type { CompileDoubt, CompiledSettings, DesiredGroup, DesiredNode, GovernedRoot, NotExpressed } from './recovery-settings/desired-node.ts';
export { verbFor } from './recovery-settings/node-presence.ts';
export { nodesToRead } from './recovery-settings/nodes-to-read.ts';
export { parseReadback } from './recovery-settings/parse-readback.ts';
export {
  postRestoreChecklist,
  restoreDefaultOf,
  restoreEditions,
  restoreEvictions,
  restoreLimits,
  restorePrerequisites,
} from './recovery-settings/point-in-time-restore.table.ts';
export type { ManagementState, PostRestoreStep, RestoreDefault } from './recovery-settings/point-in-time-restore.table.ts';
export type { ReadNetwork, ReadNode, ReadResult, ReadSettings, UnknownValue } from './recovery-settings/read-settings.ts';
export { recoverySettingsSchema, winreNetworkSchema } from './recovery-settings/recovery-settings.ts';
export type { RecoverySettings, WifiProfile, WinreNetwork } from './recovery-settings/recovery-settings.ts';
export { bytesPerMegabyte, cadenceHoursOf, megabytesOf, minutesOfHours, retentionHoursOf } from './recovery-settings/restore-units.ts';
export { settingsDrift } from './recovery-settings/settings-drift.ts';
export type { Drift } from './recovery-settings/settings-drift.ts';
export { alertCodes } from './syncml/alert-codes.table.ts';
export { createMessageWriter } from './syncml/create-message-writer.ts';
export type { MessageWriter } from './syncml/create-message-writer.ts';
export { decodeSyncMl } from './syncml/decode-syncml.ts';
export type { DecodeSyncMlOptions } from './syncml/decode-syncml.ts';
export { describeStatusCode } from './syncml/describe-status-code.ts';
export { encodeSyncMl } from './syncml/encode-syncml.ts';
export { fillMessage } from './syncml/fill-message.ts';
export type { CommandQueue, FilledMessage } from './syncml/fill-message.ts';
export { matchReplies } from './syncml/match-replies.ts';
export type { CommandReply, MessageReplies, SentMessage } from './syncml/match-replies.ts';
export { reassembleObjects } from './syncml/reassemble-objects.ts';
export type { ObjectCommand, PartialObject, ReassembledCommands, RefusedObjectCode } from './syncml/reassemble-objects.ts';
export { replyStatuses, statusOf } from './syncml/reply-statuses.ts';
export type { JudgeCommand, NewStatus } from './syncml/reply-statuses.ts';
export { statusCodes } from './syncml/status-codes.table.ts';
export type { StatusCodeRow } from './syncml/status-codes.table.ts';
export type {
  AddCommand,
  AlertCommand,
  AtomicCommand,
  DeleteCommand,
  ExecCommand,
  GetCommand,
  NewRequestCommand,
  NewSyncMlCommand,
  ReplaceCommand,
  RequestCommand,
  ResultsCommand,
  SequenceCommand,
  StatusCommand,
  SyncMlCommand,
} from './syncml/syncml-command.ts';
export type { SyncMlItem, SyncMlMeta } from './syncml/syncml-item.ts';
export type { SyncMlCredential, SyncMlHeader, SyncMlMessage } from './syncml/syncml-message.ts';
export { syncMlContentType } from './syncml/syncml-names.ts';
export { lanProfileXml, wlanEapTlsProfileXml } from './wlan/eap-tls-profiles.ts';
export type { EapTlsOptions } from './wlan/eap-tls-profiles.ts';
export { judgeWinreNetwork } from './wlan/judge-winre-network.ts';
export type { WinreNetworkVerdict } from './wlan/judge-winre-network.ts';
export type { EapTlsTrust } from './wlan/one-x-element.ts';
export { parseWlanProfile } from './wlan/parse-wlan-profile.ts';
export type { ParsedWlanProfile } from './wlan/parse-wlan-profile.ts';
export { wlanProfileName, wlanProfileXml } from './wlan/wlan-profile.ts';
export type { PasswordWifiProfile } from './wlan/wlan-profile.ts';
export { readXml } from './xml/read-xml.ts';
export type { XmlLimits } from './xml/read-xml.ts';
export { escapeXmlText, writeXml } from './xml/write-xml.ts';
export type { WriteXmlOptions } from './xml/write-xml.ts';
export { childElements, element, elementsIn, findElement } from './xml/xml-element.ts';
export type { MakeElement, XmlAttributes, XmlElement } from './xml/xml-element.ts';
