/** The plug-in's id, stable for ever: it stands in handles, plans and journals. */
export const sampleEmmPluginId = '@winre-kit/plugin-sample-emm';
