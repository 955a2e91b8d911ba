import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

function listPages(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return ['node_modules', 'dist', 'api', '.git'].includes(item.name) ? [] : listPages(path);
    return item.name.endsWith('.md') ? [path] : [];
  });
}

/** The anchor that a forge gives a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim().replaceAll(' ', '-');
}

function hasAnchor(page: string, anchor: string): boolean {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (?<text>.*)$/gm);
  return [...headings].some(({ groups }) => anchorOf(groups?.['text'] ?? '') === anchor);
}

/** Why a link of a page leads nowhere, or undefined. Links to other sites are not followed. */
function judgeLink(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return `${page}: ${link} does not exist`;
  return anchor === undefined || hasAnchor(target, anchor) ? undefined : `${page}: ${link} has no such heading`;
}

test('every link between the pages of this repository leads somewhere', () => {
  const findings = listPages('.').flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
    return [...text.matchAll(/\]\((?<link>[^)\s]+)\)/g)].flatMap(({ groups }) => judgeLink(page, groups?.['link'] ?? '') ?? []);
  });
  expect(findings).toEqual([]);
});

test('every design page and decision is listed in its index', () => {
  for (const [folder, index] of [['docs/decisions', 'docs/decisions/README.md'], ['docs/design', 'docs/README.md']] as const) {
    const text = readFileSync(join(root, index), 'utf8');
    const pages = readdirSync(join(root, folder)).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.filter((name) => !text.includes(name))).toEqual([]);
  }
});
