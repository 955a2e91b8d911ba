import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { assertNodeVersion } from './tools/src/assert-node-version.ts';

assertNodeVersion(process.versions.node);

const conditions = ['@winre-kit/source', 'node', 'import', 'default'];
const listFolders = (area: string): string[] =>
  readdirSync(area, { withFileTypes: true }).flatMap((item) => (item.isDirectory() ? [`${area}/${item.name}`] : []));
const folders = [...listFolders('packages'), ...listFolders('examples'), 'tools'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 20_000,
    // One for each processor: by default one is left idle, which is half of a small machine.
    maxWorkers: '100%',
    projects: folders.map((folder) => ({
      extends: true as const,
      root: `./${folder}`,
      test: { name: basename(folder), include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'] },
    })),
  },
});
