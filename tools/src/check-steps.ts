/** One named step of `pnpm check`: a program and what must have run before it. */
export interface CheckStep {
  readonly name: string;
  /** What a failure means, in a line. */
  readonly promise: string;
  /** Program and arguments, started at the workspace root. */
  readonly command: readonly [string, ...string[]];
  /** Steps whose output this one reads. */
  readonly needs: readonly string[];
}

const tool = (file: string, ...rest: readonly string[]): readonly [string, ...string[]] => ['node', `tools/src/${file}`, ...rest];

/** Every check, in the order they run: the ones that explain most come first. */
export const checkSteps: readonly CheckStep[] = [
  { name: 'types', promise: 'sources compile, declarations are written', command: ['tsc', '-b', 'tsconfig.build.json'], needs: [] },
  { name: 'types-tests', promise: 'tests, examples and tools compile', command: ['tsc', '-p', 'tsconfig.test.json'], needs: [] },
  { name: 'lint', promise: 'no lint finding, with types', command: ['oxlint', '--type-aware', '--deny-warnings'], needs: [] },
  { name: 'layers', promise: 'imports follow the floors of ARCHITECTURE.md', command: tool('check-layers.ts'), needs: [] },
  { name: 'length', promise: 'files are short, well named, with named exports', command: tool('check-length.ts'), needs: [] },
  { name: 'exports', promise: 'public names are the pinned ones; those about Windows name their source', command: tool('check-exports.ts'), needs: [] },
  { name: 'kernels', promise: 'the compiled kernels are what their sources give', command: tool('build-kernels.ts', '--check'), needs: [] },
  { name: 'knip', promise: 'nothing is unused or undeclared', command: ['knip'], needs: [] },
  { name: 'docs', promise: 'public exports are documented, links resolve', command: ['typedoc', '--emit', 'none'], needs: [] },
  { name: 'reference', promise: 'generated pages say what the code says', command: tool('check-reference.ts'), needs: [] },
  { name: 'build', promise: 'every package builds', command: ['tsup', '--silent'], needs: [] },
  { name: 'publint', promise: 'packed packages are well formed', command: tool('check-packed.ts', 'publint'), needs: ['types', 'build'] },
  { name: 'attw', promise: 'types of packed packages resolve', command: tool('check-packed.ts', 'attw'), needs: ['types', 'build'] },
  { name: 'changeset', promise: 'changed packages have a changeset', command: tool('check-changeset.ts'), needs: [] },
];

/**
 * The steps to run for the names a person typed, what they need included, in their usual order. No name means all.
 *
 * @throws {RangeError} naming the unknown step and the known ones
 */
export function selectSteps(names: readonly string[], steps: readonly CheckStep[] = checkSteps): CheckStep[] {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const step = steps.find((candidate) => candidate.name === name);
    if (step === undefined) throw new RangeError(`There is no check "${name}". Checks: ${steps.map((known) => known.name).join(', ')}`);
    for (const needed of step.needs) want(needed);
    wanted.add(name);
  };
  for (const name of names.length === 0 ? steps.map((step) => step.name) : names) want(name);
  return steps.filter(({ name }) => wanted.has(name));
}
