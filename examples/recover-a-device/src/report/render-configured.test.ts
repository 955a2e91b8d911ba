import { createAuditLog, createMemoryAuditStore, type AuditEntry, type AuditEntryInput } from '@winre-kit/sdk/host';
import { createManualClock } from '@winre-kit/testkit';
import { html } from 'hono/html';
import { expect, test } from 'vitest';
import { configuredGroupsOf } from './configured-group.ts';
import { renderConfigured } from './render-configured.ts';

const asked = { group: 'front-desk', quickMachineRecovery: 'on', pointInTimeRestore: 'on, max disk usage 10240 MB', networks: ['Depot', 'Yard'] };
const older = { ...asked, name: 'depot-7', windows: '24H2 26100.4700', dialect: 'RemoteRemediation CSP (2025)', pointInTimeRestore: '', networks: ['Depot'], notExpressed: [{ settings: ['Wi-Fi <Yard>'], reason: 'there is room for one' }], drift: [], nodesWritten: 6 };
const newer = { ...asked, name: 'desk-1', quickMachineRecovery: 'on, auto remediation off', windows: '24H2 26100.8737', dialect: 'Recovery CSP (2026)', notExpressed: [], drift: [], nodesWritten: 10 };

async function logged(...entries: readonly AuditEntryInput[]): Promise<readonly AuditEntry[]> {
  const log = await createAuditLog({ store: createMemoryAuditStore(), clock: createManualClock() });
  for (const entry of entries) await log.append(entry);
  return (await log.exportAudit()).entries;
}
const set = (facts: AuditEntryInput['facts'], deviceId?: string): AuditEntryInput =>
  ({ kind: 'policy.set', actor: deviceId === undefined ? 'olivia' : 'host', subject: { pluginId: 'p', ...(deviceId !== undefined && { deviceId }) }, message: 'set', facts });

test('a group is shown with what was asked for, and each PC with what it has, lacks and why, and what was changed back', async () => {
  const entries = await logged(set(asked), set(newer, 'id-1'), set(older, 'id-7'), set({ ...newer, drift: ['restore point frequency set to 4 hours'], nodesWritten: 4 }, 'id-1'));
  const groups = configuredGroupsOf(entries);
  expect(groups).toMatchObject([{ group: 'front-desk', setBy: 'olivia', sequence: 0, pcs: [{ name: 'desk-1', sequence: 3, nodesWritten: 4 }, { name: 'depot-7', sequence: 2 }] }]);

  const page = String(await html`${groups.map(renderConfigured)}`);
  const headings = [...page.matchAll(/<th scope="col">(?<title>.*?)<\/th>/g)].map(({ groups: found }) => found?.['title']);
  expect(headings).toEqual(['Device', 'Windows', 'Dialect', 'Quick Machine Recovery', 'Point-in-time restore', 'Wi-Fi in WinRE', 'Not expressed, and why', 'Drift healed']);
  expect(page).toContain('<li>Point-in-time restore: on, max disk usage 10240 MB</li><li>Wi-Fi in WinRE: Depot, Yard</li>');
  const rows = page.split('<tr>').slice(2);
  expect(rows.map((row) => row.match(/<th scope="row">(?<name>[^<]*) </)?.groups?.['name'])).toEqual(['desk-1', 'depot-7']);
  expect(rows.map((row) => row.match(/<t[dh][ >]/g)?.length)).toEqual([8, 8]);
  expect(rows[0]).toContain('<td>Recovery CSP (2026)</td><td>on, auto remediation off</td><td>on, as asked for</td><td>Depot, Yard</td>');
  expect(rows[0]).toMatch(/<span class="good">healed<\/span>, 4 nodes written: restore point frequency set to 4 hours/);
  expect(rows[1]).toContain('<td>RemoteRemediation CSP (2025)</td><td>on, as asked for</td><td>none</td><td>Depot</td>');
  expect(rows[1]).toContain('<li><b>Wi-Fi &lt;Yard&gt;</b>: there is room for one</li>');
  expect(rows[1]).toContain('no drift');
  expect(page).not.toMatch(/id-1|id-7|<Yard>/);
});

test('a policy that a host sets for one device is no group', async () => {
  expect(configuredGroupsOf(await logged(set({ capability: 'winre.restore.policy', policy: { enabled: true } }, 'id-1')))).toEqual([]);
});
