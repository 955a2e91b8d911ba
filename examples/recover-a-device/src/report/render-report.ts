import type { AuditVerdict } from '@winre-kit/sdk/host';
import { html, raw } from 'hono/html';
import { renderConfigured } from './render-configured.ts';
import type { OperationLine, RecoveryReport, TimelineLine } from './recovery-report.ts';
import { reportStyle } from './report-style.ts';

type Html = ReturnType<typeof html>;

/** The report as one HTML page without scripts or outside references: opens offline, on a phone too. */
export async function renderReport(report: RecoveryReport, verdict: AuditVerdict): Promise<string> {
  const destructive = report.operations.filter(({ effect }) => effect === 'destructive');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Recovery report</title>
${raw(reportStyle)}
</head>
<body>
<header>
<h1>Recovery report</h1>
<p>${report.devices.length} devices, ${report.operations.length} operations, ${destructive.length} of them destructive. ${report.from ?? ''} to ${report.to ?? ''}.</p>
<p class="proof"><b>Audit verified.</b> ${verdict.size} entries, Merkle root <code>${verdict.root}</code>. This page was made from the audit export alone; every line names its entry.</p>
${verdict.limits.map((limit) => html`<p class="limit">${limit}</p>`)}
</header>
${report.configured.map(renderConfigured)}
<h2>Operations</h2>
${renderOperations(report.operations)}
<h2>Who approved</h2>
${renderApprovals(report.operations)}
<h2>What was lost</h2>
${destructive.map(renderLoss)}
${report.devices.map(({ deviceId, name, timeline }) => html`<h2>Device ${name ?? ''} <code>${deviceId}</code></h2><ol class="timeline">${timeline.map(renderLine)}</ol>`)}
</body>
</html>
`;
  return String(await page);
}

function renderLine({ sequence, at, actor, text, tone, kind }: TimelineLine): Html {
  return html`<li class="${tone}"><time datetime="${at}">${at.slice(11, 23)}</time> <span>${text}</span> <small>#${sequence} ${kind} by ${actor}</small></li>`;
}

function renderLoss({ operationKey, deviceId, capability, loss }: OperationLine): Html {
  if (!loss) return html`<p><code>${operationKey}</code> on ${shortId(deviceId)}: everything on the volume (${capability}).</p>`;
  return html`<details${loss.entries.length <= 20 ? raw(' open') : ''}><summary>${capability} on ${shortId(deviceId)}: ${loss.files.toLocaleString('en')} files, ${loss.bytes.toLocaleString('en')} bytes</summary>
<div class="wide"><table><thead><tr><th>File</th><th>Change that was undone</th><th class="number">Bytes</th></tr></thead>
<tbody>${loss.entries.slice(0, 200).map(({ path, change, bytes }) => html`<tr><td><code>${path}</code></td><td>${change}</td><td class="number">${bytes.toLocaleString('en')}</td></tr>`)}</tbody></table></div>
${loss.truncated || loss.entries.length > 200 ? html`<p class="limit">More files are covered by the digest than are listed here.</p>` : ''}</details>`;
}

/** Enough of an id to tell devices apart; the whole id heads the timeline of the device. */
function shortId(id: string): Html {
  return html`<code title="${id}">${id.slice(0, 8)}…</code>`;
}

function renderApprovals(operations: readonly OperationLine[]): Html {
  const rows = operations.flatMap(({ operationKey, capability, requestedBy, approvals }) =>
    approvals.map(({ by, at, reason }) => html`<tr><td><code>${operationKey}</code></td><td>${capability}</td><td>${requestedBy}</td><td>${by}</td><td>${at.replace('T', ' ').slice(0, 19)}</td><td>${reason}</td></tr>`),
  );
  return html`<div class="wide"><table><thead><tr><th>Operation</th><th>What</th><th>Asked by</th><th>Approved by</th><th>When</th><th>Reason</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function renderOperations(operations: readonly OperationLine[]): Html {
  const rows = operations.map(
    ({ operationKey, deviceId, capability, effect, state, evidence }) =>
      html`<tr><td><code>${operationKey}</code></td><td>${shortId(deviceId)}</td><td>${capability}</td><td>${effect}</td><td class="${state === 'succeeded' ? 'good' : 'bad'}">${state}</td><td>${evidence ?? ''}</td></tr>`,
  );
  return html`<div class="wide"><table><thead><tr><th>Operation</th><th>Device</th><th>What</th><th>Effect</th><th>Ended</th><th>Evidence</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
