// The host: opens plug-ins and drives recoveries. May use `node:` modules; the root entry may not.
export type { Host, HostOptions, RecoveredOperation, SubmitRequest } from './host.ts';
export type { HostCall } from './call-options.ts';
export type { HostEvents } from './host-events.ts';
export type { OpenedPlugin, OpenedPolicy } from './plugins/opened-plugin.ts';
export type { HostMeter, HostSpan, HostTracer } from './services/telemetry.ts';
export { approvalStatementFor } from './operations/approval-request.ts';
export type { ApprovalRequest } from './operations/approval-request.ts';
export type { Journal } from './journal/journal.ts';
export { journalEntrySchema, operationFindingSchema, submittedOperationSchema } from './journal/journal-entry.ts';
export type { JournalEntry, OperationFinding, SubmittedOperation } from './journal/journal-entry.ts';
export { auditCheckpointSchema, auditEntrySchema, auditExportSchema, auditKindSchema } from './audit/audit-entry.ts';
export type { AuditCheckpoint, AuditEntry, AuditEntryInput, AuditExport, AuditKind } from './audit/audit-entry.ts';
export type { AuditLog } from './audit/audit-log.ts';
export type { AuditRecord, AuditStore } from './audit/audit-store.ts';
export type { TrackedSession } from './sessions/tracked-session.ts';
export { playbookSchema, playbookStepKindSchema } from './playbook/playbook.ts';
export type { Playbook, PlaybookDecision, PlaybookEvent, PlaybookStep, PlaybookStepKind, RecoveryEvidence, StepAttempt } from './playbook/playbook.ts';
export type { PlaybookRun } from './playbook/playbook-run.ts';
