import type { CspNode, CspTable } from '../../packages/sdk/src/windows/csp/csp-node.ts';
import { factSources, type FactSource } from '../../packages/sdk/src/windows/csp/fact-sources.table.ts';
import { passwordEncryptionCodes } from '../../packages/sdk/src/windows/csp/password-encryption-codes.table.ts';
import { recoveryCsp } from '../../packages/sdk/src/windows/csp/recovery-csp.table.ts';
import { remoteRemediationCsp } from '../../packages/sdk/src/windows/csp/remote-remediation-csp.table.ts';
import { redeploymentStates, remoteWipeCsp } from '../../packages/sdk/src/windows/csp/remote-wipe-csp.table.ts';
import { postRestoreChecklist } from '../../packages/sdk/src/windows/recovery-settings/point-in-time-restore.table.ts';
import { generatedNote, table, type ReferencePage } from './render-reference.ts';

const lead = `Nodes of the configuration service providers that recovery is set through, as the public texts describe them.
Every row says how sure it is: **P** was read in a text or metadata of Microsoft, **S** in a text that cites one, **I** is inferred and to be tried on a device.
What a device answers counts.`;

/** The tables of \`@winre-kit/sdk/windows\` as a page, each row with its source. */
export function renderWindowsNodesPage(): ReferencePage {
  const text = [
    generatedNote,
    '# Windows nodes',
    '',
    lead,
    '',
    ...renderProvider('Recovery, 2026', recoveryCsp),
    ...renderProvider('RemoteRemediation, 2025', remoteRemediationCsp),
    '### How the password is encrypted',
    '',
    'Two texts number it differently, and none says which build follows which.',
    '',
    ...table(
      ['`NetworkPasswordEncryptionType`', 'not encrypted', 'for the MDM certificate', 'for another certificate', 'source'],
      Object.entries(passwordEncryptionCodes).map(([codebook, { codes, source }]) => [`\`${codebook}\``, ...Object.values(codes).map(String), cite(source)]),
    ),
    ...renderProvider('RemoteWipe', remoteWipeCsp),
    '### States of an Autopilot Reset',
    '',
    ...table(['`Status`', 'state', 'meaning'], Object.entries(redeploymentStates).map(([status, { state, meaning }]) => [status, state, meaning])),
    '## After a point-in-time restore',
    '',
    'Passwords, certificates, keys and policies have gone back in time with the volume.',
    '',
    ...table(['step', 'who', 'why', 'what to do', 'source'], postRestoreChecklist.map(({ id, when, why, action, source }) => [id, when, why, action, cite(source)])),
    '## Sources',
    '',
    ...table(['tag', 'address', 'text of'], Object.entries(factSources).map(([tag, source]) => [tag, `<${source.url}>`, 'asOf' in source ? source.asOf : ''])),
  ].join('\n');
  return { file: 'docs/reference/windows-nodes.md', text };
}

function renderProvider(title: string, { root, nodes }: CspTable): string[] {
  const doubts = nodes.flatMap(({ path, doubts: facts = [] }) => facts.map((fact) => ({ path, fact })));
  const byNote = Map.groupBy(doubts, ({ fact }) => `${cite(fact)}: ${fact.note ?? ''}`);
  const notes = [...byNote].map(([note, items]) => `- ${note} (${items.map(({ path }) => `\`${path.split('/').at(-1)}\``).join(', ')})`);
  return [
    `## ${title}`,
    '',
    `Below \`${root}\`, which \`${root.replace('/Device/', '/')}\` names as well.`,
    '',
    ...table(['node', 'format', 'access', 'takes', 'since', 'meaning', 'source'], nodes.map(nodeCells)),
    ...(notes.length === 0 ? [] : ['What these rows leave open:', '', ...notes, '']),
  ];
}

function nodeCells({ path, format, access, minimumBuilds, isInsiderOnly, isAtomicRequired, isSecret, meaning, source, ...values }: CspNode): string[] {
  const marks = [isAtomicRequired ? 'written in one Atomic' : [], isSecret ? 'secret' : []].flat();
  return [
    path === '' ? '(root)' : `\`${path}\``,
    format,
    [...access].map((verb) => verb[0]?.toUpperCase() + verb.slice(1)).join(' '),
    takes(values),
    isInsiderOnly ? 'Insider' : (minimumBuilds ?? []).join(', '),
    [meaning, ...marks].join('; '),
    cite(source),
  ];
}

function takes({ range, unit, dependsOn, notAbove }: Pick<CspNode, 'range' | 'unit' | 'dependsOn' | 'notAbove'>): string {
  const limits = range === undefined ? '' : `${range.min}${range.max === undefined ? ' and more' : `–${range.max}`}${unit === undefined ? '' : ` ${unit}`}`;
  const lastOf = (path: string): string => `\`${path.split('/').at(-1) ?? path}\``;
  const needs = dependsOn === undefined ? '' : `needs ${lastOf(dependsOn.path)} = ${dependsOn.value}`;
  const bound = notAbove === undefined ? '' : `at most ${lastOf(notAbove)}`;
  return [limits, bound, needs].filter((part) => part !== '').join('; ');
}

function cite({ tag, url, grade }: FactSource): string {
  return `[${tag}](${url}) ${grade}`;
}
