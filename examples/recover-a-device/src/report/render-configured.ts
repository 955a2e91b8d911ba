import { html } from 'hono/html';
import type { ConfiguredGroup, ConfiguredPc } from './configured-group.ts';

type Html = ReturnType<typeof html>;

const columns = ['Device', 'Windows', 'Dialect', 'Quick Machine Recovery', 'Point-in-time restore', 'Wi-Fi in WinRE', 'Not expressed, and why', 'Drift healed'];

/** What was asked for, and what each PC of a group was read to have, what its Windows has no setting for, and what was changed back. */
export function renderConfigured(asked: ConfiguredGroup): Html {
  const { group, setBy, sequence, quickMachineRecovery, pointInTimeRestore, networks, pcs } = asked;
  return html`<h2 id="configured-${group}">Configured: group ${group}</h2>
<p>Settings for the day a device breaks, asked for by ${setBy} <small>#${sequence}</small>:</p>
<ul><li>Quick Machine Recovery: ${quickMachineRecovery}</li><li>Point-in-time restore: ${pointInTimeRestore}</li><li>Wi-Fi in WinRE: ${networks.join(', ')}</li></ul>
<p>What each device was read to have at its check-in, in the dialect of its Windows (the CSP that its build knows):</p>
<div class="wide" role="region" aria-labelledby="configured-${group}" tabindex="0"><table class="configured"><thead><tr>${columns.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${pcs.map((pc) => renderPc(pc, asked))}</tbody></table></div>`;
}

function renderPc({ name, sequence, windows, dialect, quickMachineRecovery, pointInTimeRestore, networks, notExpressed, drift, nodesWritten }: ConfiguredPc, asked: ConfiguredGroup): Html {
  return html`<tr><th scope="row">${name} <small>#${sequence}</small></th><td>${windows}</td><td>${dialect}</td><td>${beside(quickMachineRecovery, asked.quickMachineRecovery)}</td><td>${beside(pointInTimeRestore, asked.pointInTimeRestore)}</td><td>${networks.join(', ') || 'none'}</td>
<td>${notExpressed.length === 0 ? 'nothing' : html`<ul>${notExpressed.map(({ settings, reason }) => html`<li><b>${settings.join(', ')}</b>: ${reason}</li>`)}</ul>`}</td>
<td>${drift.length === 0 ? 'no drift' : html`<span class="good">healed</span>, ${nodesWritten} nodes written: ${drift.join('; ')}`}</td></tr>
`;
}

/** Long words once are enough: a device that has just what was asked for shows how they begin. */
function beside(has: string, asked: string): string {
  if (has === '') return 'none';
  return has === asked ? `${has.split(',')[0]}, as asked for` : has;
}
