import { closeSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// `node plain-tree.ts FOLDER [--read]`: walks a tree and looks at every item's metadata; with `--read` reads every file too.

const [root = '.', ...flags] = process.argv.slice(2);
const reads = flags.includes('--read');
const window = new Uint8Array(256 << 10);
const folders = [root];
for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    const facts = lstatSync(path, { bigint: true });
    if (facts.isDirectory()) folders.push(path);
    else if (reads) {
      const file = openSync(path, 'r');
      readSync(file, window);
      closeSync(file);
    }
  }
}
