// Fakes and doubles. Adding a line here adds public API.
export { createManualClock } from './fakes/manual-clock.ts';
export type { ManualClock, Sleeper } from './fakes/manual-clock.ts';
export { createSequentialIds } from './fakes/sequential-ids.ts';
export { createSeededRandom, createSeededRandomBytes } from './fakes/seeded-random.ts';
export { createMemoryStorage } from './fakes/memory-storage.ts';
export type { MemoryStorage } from './fakes/memory-storage.ts';
export { createMockSecrets } from './fakes/mock-secrets.ts';
export type { MockSecret, MockSecrets, SecretUse } from './fakes/mock-secrets.ts';
export { createFetchWithTrust } from './fakes/fetch-with-trust.ts';
export { createRecordingHttp } from './fakes/recording-http.ts';
export type { RecordedRequest, RecordingHttp } from './fakes/recording-http.ts';
export { createMockHost } from './fakes/mock-host.ts';
export type { LogRecord, MockHost, MockHostSettings } from './fakes/mock-host.ts';
