import { decodeSyncMl } from '../../src/windows/syncml/decode-syncml.ts';

// Started with a small heap: whatever arrives is refused before it fills it.
const mebibyte = 1_048_576;
const start = '<SyncML xmlns="SYNCML:SYNCML1.2">';

function filled(text: string, bytes: number, prefix = start): Uint8Array {
  const body = Buffer.alloc(bytes, text);
  body.set(Buffer.from(prefix));
  return body;
}

function* bombs(): Generator<readonly [name: string, body: Uint8Array]> {
  yield ['100 MB of text', filled('a', 100 * mebibyte)];
  yield ['100 MB of elements', filled('<a/>', 100 * mebibyte)];
  yield ['nesting', filled('<a>', mebibyte)];
  yield ['siblings', filled('<a/>', mebibyte)];
  yield ['attributes', filled(' b="c"', mebibyte, '<a ')];
  yield ['attributes, each another', Buffer.from(`<a${Array.from({ length: 70_000 }, (_, at) => ` b${at}="c"`).join('')}/>`)];
  yield ['namespaces', Buffer.from(`${start}${Array.from({ length: 30_000 }, (_, at) => `<a xmlns="urn:${at}"/>`).join('')}`)];
  yield ['a long name', filled('a', mebibyte, '<a')];
  yield ['a long comment', filled('-a', mebibyte, '<!--')];
  yield ['references', filled('&#x41;', mebibyte)];
  yield ['a long reference', filled('a', mebibyte, '<a>&')];
  yield ['a billion laughs', Buffer.from(`<!DOCTYPE a [<!ENTITY a0 "ha">${Array.from({ length: 30 }, (_, at) => `<!ENTITY a${at + 1} "&a${at};&a${at};">`).join('')}]><a>&a30;</a>`)];
  yield ['an external entity', Buffer.from('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>')];
  yield ['broken UTF-8', filled('\u00ff', mebibyte).fill(0xff, 100)];
  yield ['half of UTF-8', Buffer.concat([Buffer.from(`${start}<a>`), Buffer.from([0xe2, 0x82])])];
  yield ['zeros', new Uint8Array(mebibyte)];
  yield ['commands in commands', Buffer.from(`${start}<SyncHdr/><SyncBody>${'<Atomic>'.repeat(60)}`)];
}

for (const [name, body] of bombs()) {
  const started = process.cpuUsage();
  let outcome = 'accepted';
  try {
    decodeSyncMl(body);
  } catch (error) {
    outcome = (error as { code?: string }).code ?? String(error);
  }
  const { user, system } = process.cpuUsage(started);
  process.stdout.write(`${JSON.stringify({ name, outcome, cpuMs: Math.round((user + system) / 1000) })}\n`);
}
