import { createRandom } from './create-random.ts';
import { planFile } from './plan-tree.ts';
import type { PlannedFile } from './plan-tree.ts';

/** How a second version of a tree differs from the first; every file is in one list at most. */
export interface TreeEdits {
  /** Two in a hundred get new content: half of them all of it and a new size, half a new end. */
  readonly changed: readonly { readonly file: PlannedFile; readonly becomes: PlannedFile; readonly keepBytes: number }[];
  /** 0.6 %. */
  readonly added: readonly PlannedFile[];
  /** 0.4 %. */
  readonly removed: readonly PlannedFile[];
  /** 0.5 %, within their folder. */
  readonly renamed: readonly { readonly file: PlannedFile; readonly to: string }[];
}

/** Plans the second version of a tree. Pure. */
export function planTreeEdits(seed: number, files: readonly PlannedFile[]): TreeEdits {
  const random = createRandom(seed, 0x656474);
  const picked = new Set<PlannedFile>();
  const pick = (count: number): PlannedFile[] => {
    const chosen: PlannedFile[] = [];
    while (chosen.length < count && picked.size < files.length) {
      const file = files[random.below(files.length)];
      if (file === undefined || picked.has(file)) continue;
      picked.add(file);
      chosen.push(file);
    }
    return chosen;
  };
  const share = (perThousand: number): number => Math.max(1, Math.round((files.length * perThousand) / 1000));
  let ordinal = files.length;
  const changed = pick(share(20)).map((file) => {
    ordinal += 1;
    const fresh = planFile(random, file.path, ordinal);
    const keepBytes = random.below(2) === 0 ? 0 : Math.floor(file.bytes / 2);
    return { file, becomes: { path: file.path, bytes: keepBytes === 0 ? fresh.bytes : file.bytes, kind: file.kind, ordinal }, keepBytes };
  });
  const removed = pick(share(4));
  const renamed = pick(share(5)).map((file) => ({ file, to: `${file.path}.renamed` }));
  const added = Array.from({ length: share(6) }, () => {
    ordinal += 1;
    const folder = files[random.below(files.length)]?.path.replace(/\/[^/]*$/, '') ?? 'folder-0';
    return planFile(random, `${folder}/new-${ordinal.toString(36)}`, ordinal);
  });
  return { changed, added, removed, renamed };
}
