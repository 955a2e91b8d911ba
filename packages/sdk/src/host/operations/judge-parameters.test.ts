import { expect, test } from 'vitest';
import type { Intent } from '../../schemas/intent.ts';
import { judgeParameters } from './judge-parameters.ts';

const script = { capability: 'winre.script.push', script: { content: 'é'.repeat(10), manifest: { interpreter: 'powershell' } } } as unknown as Intent;
const bundle = { capability: 'winre.package.push', package: { manifest: { entryPoint: { interpreter: 'cmd' }, files: [{ bytes: 60 }, { bytes: 41 }] } } } as unknown as Intent;
const network = { capability: 'winre.network.configure', profile: { kind: 'wifi-eap-tls' } } as unknown as Intent;

test('what the descriptor does not limit is within it', () => {
  for (const intent of [script, bundle, network]) expect(judgeParameters({ parameters: {} }, intent)).toBeUndefined();
});

test('an interpreter or network kind that is not claimed is named, with those that are', () => {
  expect(judgeParameters({ parameters: { scriptInterpreters: ['cmd'] } }, script)).toBe('interpreter powershell is not among cmd');
  expect(judgeParameters({ parameters: { scriptInterpreters: ['sh'] } }, bundle)).toBe('interpreter cmd is not among sh');
  expect(judgeParameters({ parameters: { networkKinds: [] } }, network)).toBe('network kind wifi-eap-tls is not among none');
});

test('sizes count bytes; the limit itself is taken', () => {
  expect(judgeParameters({ parameters: { maxScriptBytes: 20 } }, script)).toBeUndefined();
  expect(judgeParameters({ parameters: { maxScriptBytes: 19 } }, script)).toContain('20 bytes, at most 19');
  expect(judgeParameters({ parameters: { maxPackageBytes: 101 } }, bundle)).toBeUndefined();
  expect(judgeParameters({ parameters: { maxPackageBytes: 100 } }, bundle)).toContain('101 bytes');
});
