/** What differs between Microsoft's clouds. */
export interface GraphCloud {
  /** What an administrator calls it. */
  readonly name: string;
  /** Where Graph answers; the only host that the plug-in talks to. */
  readonly graphOrigin: string;
  /** Where tokens for it come from: `authorityHost` of a credential of `@azure/identity`. */
  readonly loginOrigin: string;
  /** Features that Microsoft does not offer there, with the reason that the descriptor gives. */
  readonly notOffered: Readonly<Partial<Record<GraphFeature, string>>>;
}

/** A part of Graph that not every cloud has. */
export type GraphFeature = 'cloud-pcs' | 'backup-for-organizations';

const noBackup = 'Windows Backup for Organizations is offered in the worldwide cloud only';

/**
 * Microsoft's clouds. A tenant is in exactly one, and a token of one is worth nothing in another. GCC without "High" uses the worldwide cloud.
 *
 * @see https://learn.microsoft.com/graph/deployments for the addresses
 * @see https://learn.microsoft.com/graph/api/cloudpc-restore where Cloud PCs are; for DoD its translations disagree, so it counts as "no"
 * @see https://learn.microsoft.com/windows/configuration/windows-backup
 */
export const graphClouds = {
  global: { name: 'worldwide', graphOrigin: 'https://graph.microsoft.com', loginOrigin: 'https://login.microsoftonline.com', notOffered: {} },
  'us-government-l4': {
    name: 'US Government L4 (GCC High)', graphOrigin: 'https://graph.microsoft.us', loginOrigin: 'https://login.microsoftonline.us',
    notOffered: { 'backup-for-organizations': noBackup },
  },
  'us-government-l5': {
    name: 'US Government L5 (DoD)', graphOrigin: 'https://dod-graph.microsoft.us', loginOrigin: 'https://login.microsoftonline.us',
    notOffered: { 'cloud-pcs': 'Microsoft does not document Cloud PCs on Graph for the DoD cloud', 'backup-for-organizations': noBackup },
  },
  china: {
    name: 'China, operated by 21Vianet', graphOrigin: 'https://microsoftgraph.chinacloudapi.cn', loginOrigin: 'https://login.chinacloudapi.cn',
    notOffered: { 'cloud-pcs': 'Windows 365 is not on Graph in the cloud operated by 21Vianet', 'backup-for-organizations': noBackup },
  },
} as const satisfies Record<string, GraphCloud>;

/** The key of a row of {@link graphClouds}. */
export type GraphCloudName = keyof typeof graphClouds;

/** What a token has to be asked for: everything that the app registration was granted. */
export function tokenScopeOf({ graphOrigin }: Pick<GraphCloud, 'graphOrigin'>): string {
  return `${graphOrigin}/.default`;
}
