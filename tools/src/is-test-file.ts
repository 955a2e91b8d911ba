/** Tests are `x.test.ts`, type tests `x.test-d.ts`, and everything in a package's `test/` folder. */
export function isTestFile(path: string): boolean {
  return /\.test(-d)?\.ts$/.test(path) || /^(packages\/[^/]+|tools)\/test\//.test(path);
}
