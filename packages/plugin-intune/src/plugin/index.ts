// The plug-in. Adding a line here adds public API.
export { graphClouds, tokenScopeOf } from './graph/graph-clouds.table.ts';
export type { GraphCloud, GraphCloudName, GraphFeature } from './graph/graph-clouds.table.ts';
export { intuneConfigSchema } from './intune-config.ts';
export type { IntuneConfig } from './intune-config.ts';
