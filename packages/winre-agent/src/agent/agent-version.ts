/** The version of this package, as hellos say it. */
export const agentVersion = '0.1.0';
