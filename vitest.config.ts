import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { assertNodeVersion } from './tools/src/assert-node-version.ts';

assertNodeVersion(process.versions.node);

const conditions = ['@winre-kit/source', 'node', 'import', 'module', 'default'];
const folders = [...readdirSync('packages').map((name) => `packages/${name}`), 'tools'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 20_000,
    projects: folders.map((folder) => ({
      extends: true as const,
      root: `./${folder}`,
      test: { name: folder.replace('packages/', ''), include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
    })),
  },
});
