import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { issueCertificateAuthority, issueServerCertificate } from '@winre-kit/winre-agent/gateway';

const machineClock = { now: () => Date.now(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() };

/** What the server saw of a message of a session. */
export interface SeenMessage {
  readonly text: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Common name of the client's certificate. */
  readonly clientName: string | undefined;
}

/** What it answers to the n-th message of a session, from 1: text of SyncML, or a status with text. */
export type SessionScript = (message: SeenMessage, count: number) => string | { readonly status: number; readonly text: string; readonly type?: string };

export interface ScriptedMdmServer extends AsyncDisposable {
  readonly origin: string;
  readonly discoveryUrl: string;
  readonly managementUrl: string;
  readonly authorityPem: string;
  readonly seen: SeenMessage[];
  /** SOAP requests of enrolments, in order. */
  readonly soap: string[];
  script: SessionScript;
  /** Changes the answers of the enrolment services. */
  enrolment: { authPolicy: string; encoding: string; password: string; isForOtherKey: boolean; isChunked: boolean };
}

/** A management server that knows nothing: it enrols who has the password, demands a client certificate of its authority, and answers from a script written by hand. */
export async function startScriptedMdmServer(): Promise<ScriptedMdmServer> {
  const authority = await issueCertificateAuthority({ commonName: 'scripted', validForDays: 2 }, machineClock);
  const own = await issueServerCertificate({ authority, hostNames: ['127.0.0.1'], validForDays: 2 }, machineClock);
  const server = createServer({ cert: own.certificatePem, key: own.privateKeyPem, ca: authority.certificatePem, requestCert: true, rejectUnauthorized: false });
  const seen: SeenMessage[] = [];
  const soap: string[] = [];

  const answer = async (request: IncomingMessage): Promise<{ status: number; type: string; text: string }> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const path = (request.url ?? '').split('?')[0];
    if (path === '/EnrollmentServer/Discovery.svc' && request.method === 'GET') return { status: 200, type: 'text/html', text: '' };
    if (path === '/EnrollmentServer/Discovery.svc') {
      soap.push(body);
      return soapAnswer(`<DiscoverResponse xmlns="http://schemas.microsoft.com/windows/management/2012/01/enrollment"><DiscoverResult><AuthPolicy>${result.enrolment.authPolicy}</AuthPolicy><EnrollmentVersion>4.0</EnrollmentVersion><EnrollmentPolicyServiceUrl>${result.origin}/policy</EnrollmentPolicyServiceUrl><EnrollmentServiceUrl>${result.origin}/enrol</EnrollmentServiceUrl></DiscoverResult></DiscoverResponse>`);
    }
    if (path === '/policy' || path === '/enrol') {
      soap.push(body);
      if (!body.includes(`>${result.enrolment.password}</wsse:Password>`)) {
        return soapAnswer('<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>s:Authentication</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-us">who are you</s:Text></s:Reason></s:Fault>', 500);
      }
      if (path === '/policy') return soapAnswer('<GetPoliciesResponse xmlns="http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"><response><policies><policy><attributes><privateKeyAttributes><minimalKeyLength>2048</minimalKeyLength></privateKeyAttributes><hashAlgorithmOIDReference>0</hashAlgorithmOIDReference></attributes></policy></policies></response><oIDs><oID><value>2.16.840.1.101.3.4.2.1</value><group>1</group><oIDReferenceID>0</oIDReferenceID><defaultName>szOID_NIST_sha256</defaultName></oID></oIDs></GetPoliciesResponse>');
      const encoded = /PKCS10"[^>]*>([^<]+)</.exec(body)?.[1] ?? '';
      const document = provisioningDocument(await issueFor(encoded, authority, result.enrolment.isForOtherKey), authority.certificatePem, result.managementUrl, result.enrolment.encoding);
      return soapAnswer(`<RequestSecurityTokenResponseCollection xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><RequestSecurityTokenResponse><TokenType>http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken</TokenType><RequestedSecurityToken><BinarySecurityToken xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" ValueType="http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary">${Buffer.from(document).toString('base64')}</BinarySecurityToken></RequestedSecurityToken></RequestSecurityTokenResponse></RequestSecurityTokenResponseCollection>`);
    }
    const socket = request.socket as TLSSocket;
    if (!socket.authorized) return { status: 403, type: 'text/plain', text: '' };
    const message = { text: body, url: request.url ?? '', headers: request.headers, clientName: [socket.getPeerCertificate().subject.CN].flat()[0] };
    seen.push(message);
    const count = Number(/<MsgID>([0-9]+)</.exec(body)?.[1]);
    const said = result.script(message, count);
    return typeof said === 'string' ? { status: 200, type: 'application/vnd.syncml.dm+xml; charset=utf-8', text: said } : { type: 'text/plain', ...said };
  };

  server.on('request', (request, response) => {
    void answer(request).then(({ status, type, text }) => response.writeHead(status, { 'content-type': type, ...(result.enrolment.isChunked ? {} : { 'content-length': String(Buffer.byteLength(text)) }) }).end(text), (error: unknown) => response.writeHead(599).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const result: ScriptedMdmServer = {
    origin, seen, soap,
    discoveryUrl: `${origin}/EnrollmentServer/Discovery.svc`,
    managementUrl: `${origin}/omadm`,
    authorityPem: authority.certificatePem,
    script: () => ({ status: 500, text: 'no script' }),
    enrolment: { authPolicy: 'OnPremise', encoding: 'application/vnd.syncml.dm+xml', password: 'let-me-in', isForOtherKey: false, isChunked: false },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return result;
}

function soapAnswer(body: string, status = 200): { status: number; type: string; text: string } {
  return { status, type: 'application/soap+xml; charset=utf-8', text: `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${body}</s:Body></s:Envelope>` };
}

async function issueFor(requestBase64: string, authority: { certificatePem: string; privateKeyPem: string }, isForOtherKey: boolean): Promise<string> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const request = new x509.Pkcs10CertificateRequest(Buffer.from(requestBase64, 'base64'));
  if (!(await request.verify())) throw new TypeError('the request is not signed by its key');
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const signingKey = await globalThis.crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.privateKeyPem), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const otherKeys = await globalThis.crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: request.subject, issuer: issuer.subject, signingKey, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    publicKey: isForOtherKey ? otherKeys.publicKey : await request.publicKey.export(),
    notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  });
  return Buffer.from(certificate.rawData).toString('base64');
}

function provisioningDocument(certificate: string, authorityPem: string, managementUrl: string, encoding: string): string {
  const root = authorityPem.replaceAll(/-----[^-]+-----|\s/g, '');
  return `<wap-provisioningdoc version="1.1">
    <characteristic type="CertificateStore"><characteristic type="Root"><characteristic type="System"><characteristic type="AA"><parm name="EncodedCertificate" value="${root}"/></characteristic></characteristic></characteristic></characteristic>
    <characteristic type="CertificateStore"><characteristic type="My"><characteristic type="User"><characteristic type="BB"><parm name="EncodedCertificate" value="${certificate}"/></characteristic><characteristic type="PrivateKeyContainer"/></characteristic></characteristic></characteristic>
    <characteristic type="APPLICATION"><parm name="APPID" value="w7"/><parm name="PROVIDER-ID" value="Scripted"/><parm name="ADDR" value="${managementUrl}"/><parm name="DEFAULTENCODING" value="${encoding}"/></characteristic>
    <characteristic type="DMClient"><characteristic type="Provider"><characteristic type="Scripted"><characteristic type="Poll"><parm name="NumberOfFirstRetries" value="8" datatype="integer"/></characteristic><parm name="EntDeviceName" value="PC" datatype="string"/></characteristic></characteristic></characteristic>
  </wap-provisioningdoc>`;
}
