import { request } from 'node:https';
import { X509Certificate } from 'node:crypto';

/** A client certificate with its key, as TLS takes them. */
export interface ClientIdentity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface WireReply {
  readonly status: number;
  readonly text: string;
}

/** Sends one request on a connection of its own, with or without a client certificate. Bytes go as they are. */
export async function sendOverWire(url: string, { ca, body, contentType = 'application/soap+xml; charset=utf-8', identity, method = 'POST' }: {
  readonly ca: string; readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>; readonly contentType?: string; readonly identity?: ClientIdentity; readonly method?: string;
}): Promise<WireReply> {
  return new Promise<WireReply>((resolve, reject) => {
    const outgoing = request(url, { method, ca, agent: false, headers: { 'content-type': contentType }, ...(identity && { cert: identity.certificatePem, key: identity.privateKeyPem }) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part)).on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    outgoing.on('error', reject);
    void (async () => {
      if (typeof body === 'object' && Symbol.asyncIterator in body) {
        for await (const part of body) {
          if (outgoing.destroyed) return;
          if (!outgoing.write(part)) await new Promise<void>((go) => outgoing.once('drain', go).once('close', go));
        }
        outgoing.end();
      } else outgoing.end(body);
    })();
  });
}

/** A key pair and the PKCS #10 request that it signed. */
export interface KeyAndRequest {
  readonly requestDer: Uint8Array;
  readonly privateKeyPem: string;
}

export async function makeRequest(name = 'CN=request'): Promise<KeyAndRequest> {
  await import('reflect-metadata');
  const { PemConverter, Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2_048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
  const keys = await globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new TypeError('expected a pair of keys');
  const made = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm });
  return { requestDer: new Uint8Array(made.rawData), privateKeyPem: PemConverter.encode(await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey), PemConverter.PrivateKeyTag) };
}

/** A SOAP request of an enrolment, written out by hand. */
export function soapBody(action: string, content: string, token?: string): string {
  const security = token === undefined ? '' : `<wsse:Security s:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>user@contoso.example</wsse:Username><wsse:Password>${token}</wsse:Password></wsse:UsernameToken></wsse:Security>`;
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
<s:Header><a:Action s:mustUnderstand="1">${action}</a:Action><a:MessageID>urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749</a:MessageID><a:To s:mustUnderstand="1">https://emm.example/</a:To>${security}</s:Header>
<s:Body>${content}</s:Body></s:Envelope>`;
}

export const actions = {
  discover: 'http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/Discover',
  policies: 'http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies',
  token: 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep',
} as const;

/** The RequestSecurityToken of a device. */
export function tokenRequest(requestDer: Uint8Array, hardwareId: string): string {
  const item = (name: string, value: string): string => `<ContextItem Name="${name}"><Value>${value}</Value></ContextItem>`;
  return `<wst:RequestSecurityToken xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><wst:TokenType>http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken</wst:TokenType>
<wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</wst:RequestType>
<wsse:BinarySecurityToken ValueType="http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary">${Buffer.from(requestDer).toString('base64')}</wsse:BinarySecurityToken>
<AdditionalContext xmlns="http://schemas.xmlsoap.org/ws/2006/12/authorization">${item('OSEdition', '4')}${item('OSVersion', '10.0.26100.8737')}${item('DeviceName', 'PC-1')}${item('DeviceID', '7BA748C8-703E-4DF2-A74A-92984117346A')}${item('HWDevID', hardwareId)}</AdditionalContext>
</wst:RequestSecurityToken>`;
}

/** The provisioning document in the answer to a token request. */
export function provisioningIn(reply: WireReply): string {
  const encoded = /DeviceEnrollmentProvisionDoc"[^>]*>([^<]+)</.exec(reply.text)?.[1];
  if (encoded === undefined) throw new TypeError(`no provisioning document: ${reply.status} ${reply.text}`);
  return Buffer.from(encoded, 'base64').toString('utf8');
}

/** The client certificate in a provisioning document. */
export function certificateIn(provisioning: string): X509Certificate {
  const own = /"My".*?EncodedCertificate" value="([^"]+)"/s.exec(provisioning)?.[1];
  if (own === undefined) throw new TypeError(`no certificate: ${provisioning}`);
  return new X509Certificate(Buffer.from(own, 'base64'));
}

/** Enrols over the wire and gives the identity that sessions are held with. */
export async function enrolOverWire(url: string, ca: string, token: string, hardwareId: string): Promise<ClientIdentity> {
  const { requestDer, privateKeyPem } = await makeRequest();
  const reply = await sendOverWire(`${url}/EnrollmentServer/Enrollment.svc`, { ca, body: soapBody(actions.token, tokenRequest(requestDer, hardwareId), token) });
  return { certificatePem: certificateIn(provisioningIn(reply)).toString(), privateKeyPem };
}

/** A first message of a session, written out by hand. */
export function firstMessage(sessionId = '1', source = 'device'): string {
  return `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>${sessionId}</SessionID><MsgID>1</MsgID><Target><LocURI>https://emm.example/</LocURI></Target><Source><LocURI>${source}</LocURI></Source></SyncHdr>
<SyncBody><Alert><CmdID>2</CmdID><Data>1201</Data></Alert><Replace><CmdID>3</CmdID><Item><Source><LocURI>./DevInfo/DevId</LocURI></Source><Data>${source}</Data></Item></Replace><Final/></SyncBody></SyncML>`;
}
export const syncMlType = 'application/vnd.syncml.dm+xml';
