import { expect, test } from 'vitest';
import { assertNodeVersion } from './assert-node-version.ts';

test.each(['26.10.0', '26.0.0', '28.1.2'])('Node %s goes on', (version) => {
  expect(() => assertNodeVersion(version)).not.toThrow();
});

test.each(['20.20.2', '22.19.0', '25.9.9', '9.0.0'])('Node %s is refused with what to do', (version) => {
  const message = `This is Node ${version}, but the tests of winre-kit need Node 26. Run them with \`npx --yes pnpm@12.21.0 test\``;
  expect(() => assertNodeVersion(version)).toThrow(message);
});
