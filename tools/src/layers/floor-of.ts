/** Where a file lives in the house. */
export interface Place {
  /** `sdk/host`; a file right below `src/` is on the package's root floor, `sdk`. */
  readonly floor: string;
  /** `packages/sdk` or `examples/recover-a-device`: relative imports stay inside it. */
  readonly home: string;
  /** A package's own `src/index.ts`, which may gather all its folders. */
  readonly isRootIndex: boolean;
}

/** The floor of a file, or undefined where the floors do not reach: `test/` folders, tools, configuration. */
export function floorOf(path: string): Place | undefined {
  const [area = '', name = '', source = '', ...rest] = path.split('/');
  const home = `${area}/${name}`;
  if (area === 'examples') return { floor: home, home, isRootIndex: false };
  if (area !== 'packages' || source !== 'src') return undefined;
  const [first = ''] = rest;
  return rest.length > 1
    ? { floor: `${name}/${first}`, home, isRootIndex: false }
    : { floor: name, home, isRootIndex: first === 'index.ts' };
}

/** The package or example a path belongs to, tests included. */
export function homeOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}
