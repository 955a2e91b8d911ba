import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readmes = ['README.md', ...['sdk', 'winre-agent', 'plugin-sample-emm', 'snapshot-core', 'testkit'].map((name) => `packages/${name}/README.md`)];

/** The lines between `// #region name` and `// #endregion`, moved to the margin. */
function regionOf(source: string, name: string): string {
  const { margin = '', lines = '' } = new RegExp(`^(?<margin> *)// #region ${name}\n(?<lines>.*?)^ *// #endregion$`, 'ms').exec(source)?.groups ?? {};
  return lines.replaceAll(new RegExp(`^${margin}`, 'gm'), '');
}

test.each([
  ['README.md', 'examples/quick-start/src/main.ts', 'quick-start'],
  ['packages/sdk/README.md', 'examples/quick-start/src/example-plugin.ts', 'define-plugin'],
  ['docs/guides/recover-a-device.md', 'examples/quick-start/src/open-surroundings.ts', 'surroundings'],
  ['docs/guides/recover-a-device.md', 'examples/quick-start/src/main.ts', 'quick-start'],
  ['docs/guides/recover-a-device.md', 'examples/quick-start/src/follow-playbook.ts', 'playbook'],
  ['docs/guides/recover-a-device.md', 'examples/quick-start/src/follow-playbook.ts', 'run'],
  ['docs/guides/recover-a-device.md', 'examples/quick-start/src/main.ts', 'audit'],
  ['docs/guides/configure-recovery.md', 'examples/configure-recovery/src/without-emm.ts', 'compile'],
  ['docs/guides/configure-recovery.md', 'examples/configure-recovery/src/heal-device.ts', 'read'],
  ['docs/guides/configure-recovery.md', 'examples/configure-recovery/src/heal-device.ts', 'heal'],
  ['docs/guides/configure-recovery.md', 'examples/configure-recovery/src/enrol-pc.ts', 'enrol'],
  ['docs/guides/configure-recovery.md', 'examples/configure-recovery/src/front-desk.ts', 'group'],
  ['docs/guides/configure-recovery.md', 'examples/configure-recovery/src/main.ts', 'plugin'],
  ['packages/testkit/README.md', 'packages/testkit/test/readme-example.test.ts', 'example'],
  ['packages/plugin-sample-emm/README.md', 'packages/plugin-sample-emm/test/readme-example.test.ts', 'example'],
  ['packages/plugin-intune/README.md', 'packages/plugin-intune/test/tenant/readme-example.test.ts', 'tenant'],
])('%s shows what is run: %s, %s', (page, file, region) => {
  const lines = regionOf(read(file), region);
  expect(lines).not.toBe('');
  expect(read(page)).toContain(`\`\`\`ts\n${lines}\`\`\`\n`);
});

test.each(readmes)('%s has examples of at most twelve lines', (page) => {
  const blocks = [...read(page).matchAll(/^```\w+\n(?<lines>.*?)^```$/gms)].map(({ groups }) => (groups?.['lines'] ?? '').trimEnd().split('\n').length);
  expect(blocks.length).toBeGreaterThan(0);
  expect(Math.max(...blocks)).toBeLessThanOrEqual(12);
});
