import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The lines between `// #region name` and `// #endregion`. */
function regionOf(source: string, name: string): string {
  return new RegExp(`^// #region ${name}\n(?<lines>.*?)^// #endregion$`, 'ms').exec(source)?.groups?.['lines'] ?? '';
}

test.each([
  ['README.md', 'examples/quick-start/src/main.ts', 'quick-start'],
  ['packages/sdk/README.md', 'examples/quick-start/src/example-plugin.ts', 'define-plugin'],
])('%s shows the lines of %s that the examples run', (page, source, region) => {
  const lines = regionOf(read(source), region);
  expect(lines).not.toBe('');
  expect(read(page)).toContain(`\`\`\`ts\n${lines}\`\`\`\n`);
});

test.each(['README.md', ...['sdk', 'winre-agent', 'plugin-sample-emm', 'snapshot-core', 'testkit'].map((name) => `packages/${name}/README.md`)])('%s has examples of at most twelve lines', (page) => {
  const blocks = [...read(page).matchAll(/^```\w+\n(?<lines>.*?)^```$/gms)].map(({ groups }) => (groups?.['lines'] ?? '').trimEnd().split('\n').length);
  expect(blocks.length).toBeGreaterThan(0);
  expect(Math.max(...blocks)).toBeLessThanOrEqual(12);
});
