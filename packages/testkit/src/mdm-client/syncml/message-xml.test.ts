import fc from 'fast-check';
import { expect, test } from 'vitest';
import { childOf, findDeep, textOf } from './find-element.ts';
import { readMessageXml } from './read-message-xml.ts';
import { tag } from './write-message-xml.ts';

test('prefixes are resolved to namespaces, and declarations are no attributes', () => {
  const root = readMessageXml('<s:E xmlns:s="urn:s" xmlns="urn:d" s:m="1" k="v"><Body xmlns=""><x/></Body><y/></s:E>');
  expect(root).toMatchObject({ name: 'E', namespace: 'urn:s', attributes: { 's:m': '1', k: 'v' } });
  expect(root.children.map(({ name, namespace }) => [name, namespace])).toEqual([['Body', ''], ['y', 'urn:d']]);
  expect(root.children[0]?.children[0]?.namespace).toBe('');
});

test('text keeps its space, CDATA is told, comments are nothing', () => {
  const root = readMessageXml('<a> x<!-- no --><![CDATA[<b>]]> </a>');
  expect([root.text, root.hasCdata, readMessageXml('<a>x</a>').hasCdata]).toEqual([' x<b> ', true, false]);
});

test.each([
  ['a document type', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
  ['a document type without entities', '<!DOCTYPE a><a/>'],
  ['a processing instruction', '<?go now?><a/>'],
  ['an undeclared prefix', '<p:a/>'],
  ['an unknown entity', '<a>&nbsp;</a>'],
  ['an open element', '<a><b></a>'],
  ['no element', ' '],
])('%s is refused', (_, text) => {
  expect(() => readMessageXml(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

/** What XML 1.0 can carry. */
const isXmlCharacter = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 ? (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff : [0x9, 0xa, 0xd].includes(code);
};
const xmlText = fc.array(fc.oneof(fc.constantFrom('\r', '\n', '&', '<', '>', '"', ']'), fc.integer({ min: 0, max: 0x10_ffff }).map((code) => String.fromCodePoint(code)).filter(isXmlCharacter))).map((characters) => characters.join(''));

test('what is written is read back, whatever the text', () => {
  fc.assert(fc.property(xmlText, xmlText, (text, attribute) => {
    const root = readMessageXml(tag('a', { k: attribute.replaceAll(/[\t\n\r]/g, ' ') }, tag('b', {}, text), undefined).xml);
    expect([childOf(root, 'b')?.text, root.attributes['k']]).toEqual([text, attribute.replaceAll(/[\t\n\r]/g, ' ')]);
  }));
});

test('elements are found by their local name, at any depth or directly below', () => {
  const root = readMessageXml('<a><b><c> 1 </c></b><c>2</c></a>');
  expect([findDeep(root, 'c')?.text, textOf(root, 'c'), textOf(root, 'x'), findDeep(root, 'x')]).toEqual([' 1 ', '2', undefined, undefined]);
});
