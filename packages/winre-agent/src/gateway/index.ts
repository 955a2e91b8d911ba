// The gateway, embedded by back ends. Adding a line here adds public API.
export type { EnrolmentTokenRequest, Gateway, GatewayConfig, LogEntry, OperationSubmission, TenantSettings } from './gateway.ts';
export type { GatewayFilter, GatewayStore, GatewayWrite } from './gateway-store.ts';
export type { ArtifactRecord, DeliveryState, DeviceRecord, EnrolmentTokenRecord, EscrowRecord, GatewayRecords, GatewayTable, OperationRecord, SessionRecord, TenantRecord } from './gateway-records.ts';
export { escrowRecordKey, matchesFilter, operationRecordKey, recordKey } from './record-key.ts';
export { createEscrowOpener, generateEscrowKey } from './escrow-opener.ts';
export type { EscrowKeyPair, EscrowOpener } from './escrow-opener.ts';
export { createGateway } from './create-gateway.ts';
export { createMemoryGatewayStore } from './memory-gateway-store.ts';
export { issueCertificateAuthority, issueServerCertificate } from './certificates.ts';
export type { CertificateAuthorityRequest, IssuedCertificate, ServerCertificateRequest } from './certificates.ts';
export { issueClientCertificate, readCertificateRequest } from './client-certificate.ts';
export type { CertificateRequest, ClientCertificateRequest } from './client-certificate.ts';
export { closeEnrolment } from './close-enrolment.ts';
export { moveOperation } from './move-operation.ts';
export type { OperationMove } from './move-operation.ts';
export { judgeToken } from './enrolment-tokens.ts';
export type { TokenClaim } from './enrolment-tokens.ts';
