import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type EmmWorld } from './emm-world.ts';
import { enrolOverWire, firstMessage, sendOverWire, soapBody, actions, syncMlType, tokenRequest, type ClientIdentity, type WireReply } from './mdm-wire.ts';

let world: EmmWorld;
let identity: ClientIdentity;
beforeAll(async () => {
  world = await startWorld();
  identity = await enrolOverWire(world.emm.url, world.emm.caCertificatePem, (await world.admin('POST', '/enrolment-tokens', {})).body.token, 'hardware-fuzz');
});
afterAll(() => world[Symbol.asyncDispose]());

type Body = string | Uint8Array | AsyncIterable<Uint8Array>;
const doors = [
  { door: 'enrolment', send: (body: Body): Promise<WireReply> => sendOverWire(`${world.emm.url}/EnrollmentServer/Enrollment.svc`, { ca: world.emm.caCertificatePem, body }), good: soapBody(actions.token, tokenRequest(Uint8Array.of(1), 'h'), 't') },
  { door: 'session', send: (body: Body): Promise<WireReply> => sendOverWire(`${world.emm.url}/ManagementServer/Mdm.svc`, { ca: world.emm.caCertificatePem, body, contentType: syncMlType, identity }), good: firstMessage() },
];

const bomb = `<!DOCTYPE a [<!ENTITY a0 "ha">${Array.from({ length: 30 }, (_, level) => `<!ENTITY a${level + 1} "&a${level};&a${level};">`).join('')}]><a>&a30;</a>`;
const hostile: Readonly<Record<string, string | Uint8Array>> = {
  'an entity bomb': bomb,
  'an external entity': '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  'deep nesting': '<a>'.repeat(40_000),
  'many elements': `<a>${'<b/>'.repeat(40_000)}</a>`,
  'many attributes': `<a ${Array.from({ length: 15_000 }, (_, index) => `b${index}="c"`).join(' ')}/>`,
  'broken UTF-8': Uint8Array.of(60, 97, 62, 0xc3, 0x28, 60, 47, 97, 62),
  'UTF-16': Buffer.from('\ufeff<a/>', 'utf16le'),
  'nothing': '',
  'no XML': '{"hello": 1}',
  'another document': '<a/>',
  'a processing instruction': '<?xml-stylesheet href="https://emm.example/"?><a/>',
};

test.each(doors)('the $door answers hostile bodies with 400, and goes on', async ({ send }) => {
  for (const [name, body] of Object.entries(hostile)) expect({ name, status: (await send(body)).status }).toEqual({ name, status: 400 });
});

test.each(doors)('the $door refuses 100 MB with 413 within bounded memory', async ({ send }) => {
  const part = Buffer.alloc(65_536, '<a>');
  let peakBytes = 0;
  const before = process.memoryUsage.rss();
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 100 * 1_048_576; sent += part.length) {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss() - before);
      yield part;
    }
  }
  // The server may close before everything was sent: then the client sees that its connection is gone.
  const status = await send(endless()).then((reply) => reply.status, (error: NodeJS.ErrnoException) => error.code);
  expect(status === 413 || status === 'ECONNRESET' || status === 'EPIPE').toBe(true);
  expect(peakBytes).toBeLessThan(64 * 1_048_576);
});

test.each(doors)('the $door survives a good message that was damaged anywhere', async ({ send, good }) => {
  const bytes = Buffer.from(good);
  const damaged = fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat(12));
  await fc.assert(fc.asyncProperty(damaged, async ([at, patch, removed]) => {
    const { status } = await send(Buffer.concat([bytes.subarray(0, at), patch, bytes.subarray(at + removed)]));
    expect([200, 400, 403, 413, 415]).toContain(status);
  }), { numRuns: 40 });
});

test('WBXML is refused with 415', async () => {
  const { status } = await sendOverWire(`${world.emm.url}/ManagementServer/Mdm.svc`, { ca: world.emm.caCertificatePem, body: Uint8Array.of(3, 1, 106, 0), contentType: 'application/vnd.syncml.dm+wbxml', identity });
  expect(status).toBe(415);
});

test('after all that the log quotes none of it', () => {
  expect(world.logs.join('\n')).not.toMatch(/passwd|<a>|ENTITY/);
});
