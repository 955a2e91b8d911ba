import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { instantAt } from './clock.ts';
import { definePlugin, describePlugin, type PluginDefinition } from './plugin.ts';
import { SecretValue } from './secret.ts';
import { negotiateSpecVersion, specVersion, supportedSpecVersions } from './spec-version.ts';

describe('spec versions', () => {
  test.each([
    [['v1'], ['v1'], 'v1'], [['v1', 'v2'], ['v1', 'v2', 'v3'], 'v2'], [['v9', 'v10'], ['v9', 'v10'], 'v10'], [['v1', 'v3'], ['v2', 'v1'], 'v1'],
  ])('plug-in %j and host %j agree on %s', (pluginVersions, hostVersions, expected) => {
    expect(negotiateSpecVersion('example', pluginVersions, hostVersions)).toBe(expected);
    expect(negotiateSpecVersion('example', pluginVersions.toReversed(), hostVersions.toReversed())).toBe(expected);
  });

  test.each([[['v2'], ['v1']], [[], ['v1']], [['v1'], []]])('plug-in %j and host %j have none in common', (pluginVersions, hostVersions) => {
    expect(() => negotiateSpecVersion('example', pluginVersions, hostVersions)).toThrow(expect.objectContaining({ code: 'spec-version-mismatch', facts: { hostVersions, pluginVersions } }) as Error);
  });

  test('negotiating changes neither list, and this SDK speaks its own version', () => {
    const hostVersions = Object.freeze(['v1', 'v2']);
    negotiateSpecVersion('example', hostVersions, hostVersions);
    expect(supportedSpecVersions).toContain(specVersion);
    expect(negotiateSpecVersion('example', [specVersion])).toBe('v1');
  });
});

describe('SecretValue', () => {
  const secret = new SecretValue('canary-7f3a');
  /** What a careless caller would do with it. */
  const asText = secret as unknown as string;
  test.each<[string, () => string]>([
    ['a template', () => `x${asText}`], ['concatenation', () => 'x' + asText], ['JSON', () => JSON.stringify({ secret })], ['inspect', () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['inspect as logged by %o', () => inspect([secret], { showHidden: true, showProxy: true })], ['its members', () => JSON.stringify(Object.entries(secret))], ['a copy', () => inspect(Object.assign({}, secret))],
    ['an error', () => inspect(new Error(`failed with ${asText}`, { cause: secret }))],
  ])('%s does not show it', (_how, show) => {
    expect(show()).not.toContain('canary');
  });
  test('reveal gives the value', () => {
    expect(secret.reveal()).toBe('canary-7f3a');
    expect(`a ${asText}`).toBe('a «secret»');
  });
});

describe('definePlugin', () => {
  const definition: PluginDefinition = {
    id: 'example', specVersion: 'v1', version: '1.0.0', displayName: 'Example', configSchema: z.strictObject({}),
    manifest: () => ({ outboundHosts: [], secrets: [], scopes: [] }),
    describe: () => ({ plugin: 'example', specVersion: 'v1', capabilities: { 'winre.devices': { level: 'stable', effect: 'read', reversibility: 'reversible' } } }),
    validateConfig: () => Promise.resolve(),
    open: () => Promise.reject(new TypeError('not opened here')),
  };

  test.each(['example', '@scope/plugin-x', 'com.example.emm', 'a_b.c-d'])('id %s is good, and the definition is frozen', (id) => {
    expect(Object.isFrozen(definePlugin({ ...definition, id }))).toBe(true);
  });
  test.each(['', 'Example', 'a b', '@scope', '../x', 'a/b', 'x'.repeat(215)])('id %j is refused', (id) => {
    expect(() => definePlugin({ ...definition, id })).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'id' }) as Error);
  });
  test('a descriptor under another name is refused', () => {
    expect(describePlugin(definition, {}).plugin).toBe('example');
    expect(() => describePlugin({ ...definition, id: 'other' }, {})).toThrow(expect.objectContaining({ code: 'invalid-config', fieldPath: 'plugin' }) as Error);
  });
});

test('instants are UTC with milliseconds', () => {
  expect(instantAt(0)).toBe('1970-01-01T00:00:00.000Z');
});
