// The sample EMM. Adding a line here adds public API.
export { startSampleEmm } from './start-sample-emm.ts';
export type { SampleEmm, SampleEmmSettings } from './start-sample-emm.ts';
export { systemClock } from './system-clock.ts';
export { createJsonLineLogger } from './json-line-logger.ts';
