import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { readXml, type XmlLimits } from './read-xml.ts';
import { escapeXmlText, writeXml } from './write-xml.ts';
import { childElements, element, elementsIn, findElement, type XmlElement } from './xml-element.ts';

/** What was refused and why, or the name of the root. Anything but a refusal is thrown on. */
const refusalOrTree = (input: string | Uint8Array, limits?: XmlLimits): string => {
  try {
    return readXml(input, limits).name;
  } catch (error) {
    if (RecoveryError.isInstance(error) && error.code === 'invalid-argument') return error.message;
    throw error;
  }
};

const refusal = (input: string | Uint8Array, limits?: XmlLimits): string => {
  const answer = refusalOrTree(input, limits);
  expect(answer).toMatch(/^XML was refused: /);
  return answer;
};

test('names, namespaces, attributes, text and their order are read; prefixes, comments and CDATA are only ways of writing', () => {
  const root = readXml('<?xml version="1.0" encoding="utf-8"?><!-- c --><p:a xmlns:p="urn:p" x="1" p:y="2"><b/>one <!-- c --><![CDATA[<two>]]><p:c>&#x41;&lt;</p:c></p:a>');
  const made = elementsIn('urn:p')('a', { x: '1', '{urn:p}y': '2' }, element('b'), 'one <two>', element('{urn:p}c', {}, 'A<'));
  expect(root).toEqual(made);
  expect([root.text, root.children.map(({ name, namespace }) => [name, namespace])]).toEqual(['one <two>', [['b', ''], ['c', 'urn:p']]]);
  expect(findElement(root, 'c')?.text).toBe('A<');
  expect([childElements(root, 'b').length, childElements(root, '{}b').length, findElement(root, 'c', 'd')]).toEqual([0, 1, undefined]);
});

test('bytes and text read alike, with a byte order mark or without', () => {
  for (const input of ['<a>ü</a>', '\ufeff<a>ü</a>', new TextEncoder().encode('\ufeff<a>ü</a>')]) expect(readXml(input)).toEqual(element('a', {}, 'ü'));
});

test.each([
  ['a DOCTYPE', '<!DOCTYPE a><a/>', 'a DOCTYPE is not allowed at 1:12'],
  ['an entity bomb', `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>`, 'a DOCTYPE is not allowed'],
  ['an entity nobody declared', '<a>&canary;</a>', 'not well-formed at 1:11'],
  ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'a DOCTYPE is not allowed'],
  ['a processing instruction', '<?canary do?><a/>', 'a processing instruction is not allowed'],
  ['a style sheet', '<a><?xml-stylesheet href="x"?></a>', 'a processing instruction is not allowed'],
  ['another version', '<?xml version="1.1"?><a/>', 'expected XML version 1.0'],
  ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'expected encoding UTF-8'],
  ['a tag that does not match', '<a>\n<canary></b></a>', 'not well-formed at 2:'],
  ['a prefix nobody declared', '<canary:a/>', 'not well-formed'],
  ['an attribute said twice', '<a canary="" canary=""/>', 'not well-formed'],
  ['what follows the root', '<a/><canary/>', 'not well-formed'],
  ['what is cut off', '<a><canary>', 'not well-formed'],
  ['a control character', '<a>\u0001</a>', 'not well-formed'],
  ['a control character in disguise', '<a>&#1;</a>', 'not well-formed'],
  ['half a character', '<a>\ud83d</a>', 'not valid Unicode'],
  ['text', 'canary', 'not well-formed'],
  ['nothing', '', 'not well-formed'],
])('%s is refused, and what stood there is not repeated', (_what, input, message) => {
  expect(refusal(input)).toContain(message);
  expect(refusal(input)).not.toContain('canary');
});

test('bytes that are not UTF-8 are refused', () => {
  for (const bytes of [[0x3c, 0x61, 0x3e, 0xff], [0xff, 0xfe, 0x3c, 0x00], [0x3c, 0x61, 0x3e, 0xc0, 0x80], [0x3c, 0xed, 0xa0, 0x80]]) expect(refusal(Uint8Array.from(bytes))).toContain('not valid UTF-8');
});

test('limits: length, depth and number of elements and attributes', () => {
  const deep = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  expect(readXml(deep(64)).children.length).toBe(1);
  expect(refusal(deep(65))).toContain('nested deeper than 64 at 1:');
  expect(refusal(deep(100_000))).toContain('nested deeper than 64');
  expect(refusal(new Uint8Array(100))).toContain('not well-formed');
  expect(refusal(new Uint8Array(101), { maxBytes: 100 })).toContain('longer than 100 bytes');
  expect(refusal(`<a>${'<b/>'.repeat(10)}</a>`, { maxNodes: 10 })).toContain('more than 10 elements');
  expect(refusal('<a b="" c="" d=""/>', { maxNodes: 3 })).toContain('more than 3 elements and attributes');
  expect(readXml('<a b="" c=""/>', { maxNodes: 3 }).attributes).toEqual({ b: '', c: '' });
});

test('an attribute called __proto__ is an attribute', () => {
  expect(Object.entries(readXml('<a __proto__="x"/>').attributes)).toEqual([['__proto__', 'x']]);
});

const namespace = fc.constantFrom('', 'urn:p', 'SYNCML:SYNCML1.2', 'a&"b');
const name = fc.constantFrom('a', 'Item', 'é', 'x-1.y', '__proto__');
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r\n', ']]>', '&amp;', '\t', '<b/>', ' ')).filter((value) => !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(value.replace(/[\t\r\n]/g, '')));
const attributeKey = fc.tuple(namespace, name).map(([uri, local]) => (uri === '' ? local : `{${uri}}${local}`));
const tree = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc
    .tuple(namespace, name, fc.dictionary(attributeKey, text, { maxKeys: 3, noNullPrototype: false }), fc.array(fc.oneof({ maxDepth: 4, withCrossShrink: true }, text, tie('element')), { maxLength: 4 }))
    .map(([uri, local, attributes, content]) => elementsIn(uri)(local, attributes, ...content)),
})).element;

test('what was written is read back', () => {
  fc.assert(fc.property(tree, (root) => {
    expect(readXml(writeXml(root))).toEqual(root);
    expect(readXml(new TextEncoder().encode(writeXml(root, { declaration: false })))).toEqual(root);
  }));
});

test('what XML 1.0 cannot carry is refused without being repeated', () => {
  for (const bad of ['\0', '\u0001', '\ufffe', '\uffff', '\ud83d', '\udc00x']) {
    for (const tried of [element('a', {}, `canary${bad}`), element('a', { b: `canary${bad}` }), element('{canary' + bad + '}a'), element(`canary${bad}`)]) {
      expect(() => writeXml(tried)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('canary') }));
    }
  }
  for (const bad of ['', '1a', 'a b', 'a:b', 'a>', 'xmlns']) expect(() => writeXml(element(bad))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  expect(() => writeXml(element('a', { '{http://www.w3.org/2000/xmlns/}b': 'urn:c' }))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  expect(escapeXmlText('<&>\r"')).toBe('&lt;&amp;&gt;&#13;"');
});

test('damaged documents are read or refused, never anything else', () => {
  const whole = new TextEncoder().encode(writeXml(elementsIn('urn:p')('a', { b: 'ü', '{urn:q}c': '&' }, 'text', element('d', {}, '<'), elementsIn('urn:p')('e'))));
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat(whole.length), (changes, end) => {
    const damaged = whole.slice(0, end === 0 ? whole.length : end);
    for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
    expect(refusalOrTree(damaged)).toBeTruthy();
  }), { numRuns: 2000 });
});
