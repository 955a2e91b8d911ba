/** Namespace of messages. Windows 10 and 11 speak 1.2; 1.1 was Windows Mobile's. */
export const syncMlNamespace = 'SYNCML:SYNCML1.2';

/** Namespace of what stands in `Meta`. */
export const metaNamespace = 'syncml:metinf';

/** Namespace of the attribute by which Windows adds an HRESULT to a status, from SyncApplicationVersion 3.0. @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/295d8a3b-768f-4191-8179-ccd4aee0535b */
export const microsoftNamespace = 'http://schemas.microsoft.com/MobileDevice/MDM';

/** Content type of messages in XML, the only form that is spoken here. @see https://learn.microsoft.com/windows/client-management/oma-dm-protocol-support */
export const syncMlContentType = 'application/vnd.syncml.dm+xml';

/** Content type of messages in binary XML, which a client sends when its enrolment said so. */
export const syncMlBinaryContentType = 'application/vnd.syncml.dm+wbxml';
