const oldestMajor = 26;

/**
 * Refuses to go on under an older Node than scripts and tests are written for. (The published packages run on 22.19 and newer.)
 *
 * @throws {Error} naming the version found, the one needed, and the command that brings its own Node
 */
export function assertNodeVersion(version: string): void {
  if (Number.parseInt(version, 10) >= oldestMajor) return;
  throw new Error(
    `This is Node ${version}, but the tests of winre-kit need Node ${oldestMajor}. ` +
      'Run them with `npx --yes pnpm@12.21.0 test`: it brings the right Node along.',
  );
}
