// The plug-in. Adding a line here adds public API.
export { sampleEmmPlugin } from './sample-emm-plugin.ts';
export { sampleEmmConfigSchema } from './sample-emm-config.ts';
export type { SampleEmmConfig } from './sample-emm-config.ts';
