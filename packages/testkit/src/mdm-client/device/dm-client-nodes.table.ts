import type { NodeDefinition } from './node-definition.ts';

const root = './Vendor/MSFT/DMClient';
const provider = `${root}/Provider/{ProviderID}`;
const poll = `${provider}/Poll`;
const all = ['Add', 'Delete', 'Get', 'Replace'] as const;

/**
 * The part of the DMClient CSP that a management server needs: names, poll schedule, push channel, unenrolment.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/dmclient-csp
 */
export const dmClientNodes: readonly NodeDefinition[] = [
  { path: root, format: 'node', access: ['Get'], isPermanent: true },
  { path: `${root}/Unenroll`, format: 'chr', access: ['Exec'], isPermanent: true },
  { path: `${root}/Provider`, format: 'node', access: ['Get'], isPermanent: true },
  { path: provider, format: 'node', access: ['Get'] },
  { path: `${provider}/EntDeviceName`, format: 'chr', access: all },
  { path: `${provider}/EntDMID`, format: 'chr', access: all },
  { path: `${provider}/ExchangeID`, format: 'chr', access: ['Get'] },
  { path: `${provider}/SyncApplicationVersion`, format: 'chr', access: ['Get', 'Replace'] },
  { path: `${provider}/Unenroll`, format: 'chr', access: ['Exec'] },
  { path: poll, format: 'node', access: ['Add', 'Get'] },
  ...['NumberOfFirstRetries', 'IntervalForFirstSetOfRetries', 'NumberOfSecondRetries', 'IntervalForSecondSetOfRetries', 'NumberOfRemainingScheduledRetries', 'IntervalForRemainingScheduledRetries']
    .map((name): NodeDefinition => ({ path: `${poll}/${name}`, format: 'int', access: all, range: [0, 2_147_483_647] })),
  { path: `${poll}/PollOnLogin`, format: 'bool', access: all },
  { path: `${provider}/Push`, format: 'node', access: all },
  { path: `${provider}/Push/PFN`, format: 'chr', access: all },
  { path: `${provider}/Push/ChannelURI`, format: 'chr', access: ['Get'] },
  { path: `${provider}/Push/Status`, format: 'int', access: ['Get'] },
];
