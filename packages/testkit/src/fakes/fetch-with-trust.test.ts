import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFetchWithTrust } from './fetch-with-trust.ts';
import { createMockHost } from './mock-host.ts';

/** Made for this test only: a certificate for 127.0.0.1 that signs itself, its key, and another one. */
const certificatePem = `-----BEGIN CERTIFICATE-----
MIIBizCCATKgAwIBAgIUCxEM7WQ+ZKW3TrtgMs+ITxg5AQowCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdGtpdDAgFw0yNjExMjIwODQ2NDVaGA8yMTI2MTAyOTA4
NDY0NVowEjEQMA4GA1UEAwwHdGVzdGtpdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABG0ZFHrmGcnnM0h3lMSAHDZUL4JY1zyvKkK4ujoS4h33aLmbS0Wye9v7GZRf
vzVLf5Tf6hipSXuThVw7ay4HLCqjZDBiMB0GA1UdDgQWBBTFtGjMk8D4AbMtzZj0
7u32CRl7MzAfBgNVHSMEGDAWgBTFtGjMk8D4AbMtzZj07u32CRl7MzAPBgNVHRMB
Af8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIgHTyJ
RgJaraSRN6QpQVMW7vt7PUHjcz/ZmLImsF11gTkCIE+sf2D9WCdHTffaxjoYhCV5
eKmabz37RNvJ/C52eXuc
-----END CERTIFICATE-----`;
const otherCertificatePem = `-----BEGIN CERTIFICATE-----
MIIBiDCCAS6gAwIBAgIUIHWIrrYabwB9Jz9RX/tQPADTTLYwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIyMDg0NjQ1WhgPMjEyNjEwMjkwODQ2
NDVaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
zNnatRjZC3gE21Vcc2nwmAoQlpqKIwVLh4sF+v65/5oKM10iwtlKYpRg5tdlvkjR
AKlIYEpEl2mTvDU4egTUyaNkMGIwHQYDVR0OBBYEFLyoFzLYMETz9F7f2OkaHo7C
AXVGMB8GA1UdIwQYMBaAFLyoFzLYMETz9F7f2OkaHo7CAXVGMA8GA1UdEwEB/wQF
MAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNIADBFAiEAvVZ3JOyL
Qsz/Gma2TMQFzLOydvoLB96jcqL4LM2znxgCIGVQsyGsW1RydASsS+vZD5lu+jX1
e3Vw8KVmInMxhQXU
-----END CERTIFICATE-----`;
const keyPem = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMAm/08D7OVWHogWy
WEZnKvZa2hGKbNNjnj8Og9pfe3ahRANCAARtGRR65hnJ5zNId5TEgBw2VC+CWNc8
rypCuLo6EuId92i5m0tFsnvb+xmUX781S3+U3+oYqUl7k4VcO2suBywq
-----END PRIVATE KEY-----`;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
      return;
    }
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' });
    if (request.url === '/empty') response.writeHead(204);
    response.end(request.url === '/empty' ? undefined : 'hello');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a server whose authority is trusted is reached, also through the mock host', async () => {
  expect(await (await createFetchWithTrust(certificatePem)(url)).text()).toBe('hello');
  expect((await createMockHost({ trustedCertificatesPem: certificatePem }).services.http.fetch(url)).status).toBe(200);
});

test.each([['the authorities of Node', undefined], ['another authority', otherCertificatePem]])('with %s nothing is sent', async (_what, authorities) => {
  await expect(createFetchWithTrust(authorities)(url)).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
});

test('redirects are not followed, 204 has no body, a cut reply breaks while it is read', async () => {
  const send = createFetchWithTrust(certificatePem);
  expect((await send(`${url}/moved`)).headers.get('location')).toBe('/elsewhere');
  expect((await send(`${url}/empty`)).body).toBe(null);
  const cut = await send(`${url}/cut`);
  await expect(cut.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
});
