import { RecoveryError, sha256Hex, type Logger } from '@winre-kit/sdk';
import type { XmlElement } from '@winre-kit/sdk/windows';
import { readBoundedBody } from '../read-bounded-body.ts';
import { throttleLog } from '../throttle-log.ts';
import { certificateReply, readCertificateExchange, requestTokenAction, requestTokenReplyAction } from './certificate-exchange.ts';
import { discoverAction, discoverReply, type MdmAddresses } from './discovery.ts';
import { enrolMdmDevice, type MdmEnrolmentServices } from './enrol-mdm-device.ts';
import { getPoliciesAction, policiesReply } from './enrolment-policy.ts';
import { provisioningDocument } from './provisioning-document.ts';
import { maxSoapBytes, readSoapRequest, writeSoapFault, writeSoapReply, type SoapFaultCode, type SoapRequest } from './soap-message.ts';

/** What the enrolment services work with. */
export interface MdmEnrolmentDesk extends MdmEnrolmentServices {
  readonly logger: Logger;
  /** Known once the server listens. */
  readonly addresses: () => MdmAddresses;
  readonly providerId: string;
}

const soapType = 'application/soap+xml; charset=utf-8';

/** The three enrolment services of MS-MDE2, which a client calls in this order: discovery, certificate policy, certificate. */
export function createMdmEnrolment(desk: MdmEnrolmentDesk): (request: Request) => Promise<Response> {
  const logger = throttleLog(desk.logger, desk.clock);
  const answers: Readonly<Record<string, (soap: SoapRequest) => Promise<readonly [action: string, content: XmlElement]>>> = {
    [discoverAction]: () => Promise.resolve([`${discoverAction}Response`, discoverReply(desk.addresses())]),
    [getPoliciesAction]: async (soap) => {
      await requireUsableToken(desk, requirePassword(soap));
      return [`${getPoliciesAction}Response`, policiesReply(desk.validForDays)];
    },
    [requestTokenAction]: async (soap) => {
      const { deviceId, certificatePem } = await enrolMdmDevice(desk, requirePassword(soap), readCertificateExchange(soap.content), soap.messageId.slice(0, 128));
      const provisioning = provisioningDocument({ authorityPem: desk.authority.certificatePem, certificatePem, managementUrl: desk.addresses().management, providerId: desk.providerId, deviceId });
      return [requestTokenReplyAction, certificateReply(provisioning)];
    },
  };
  return async (request) => {
    // A client looks first whether anybody is there.
    if (request.method === 'GET') return new Response(null, { status: 200 });
    const bytes = await readBoundedBody(request, maxSoapBytes);
    if (bytes === undefined) return new Response(null, { status: 413, headers: { connection: 'close' } });
    let messageId: string | undefined;
    try {
      const soap = readSoapRequest(bytes);
      ({ messageId } = soap);
      const answer = Object.hasOwn(answers, soap.action) ? answers[soap.action] : undefined;
      if (!answer) throw new RecoveryError('invalid-argument', 'this action is none of the enrolment services');
      const [action, content] = await answer(soap);
      return new Response(writeSoapReply(action, messageId, content), { headers: { 'content-type': soapType, 'cache-control': 'no-store' } });
    } catch (error) {
      const { code, status, message } = faultOf(error);
      // Of an unexpected error only kind and place go to the log; what was sent holds the token.
      logger.log(code === 'EnrollmentServer' ? 'error' : 'warn', 'an MDM enrolment was refused', RecoveryError.isInstance(error) ? { code: error.code, facts: error.facts } : { cause: error });
      return new Response(writeSoapFault(code, message, messageId), { status, headers: { 'content-type': soapType, 'cache-control': 'no-store' } });
    }
  };
}

function requirePassword({ password }: SoapRequest): string {
  if (password === undefined) throw new RecoveryError('unauthenticated', 'expected an on-premise sign-in with the enrolment token as its password', { facts: { reason: 'no-token' } });
  return password;
}

/** The policy service uses nothing up; whoever has used a token may come back until it has its certificate. */
async function requireUsableToken({ store, clock }: MdmEnrolmentServices, token: string): Promise<void> {
  const known = await store.read('tokens', await sha256Hex(token));
  const isGood = known && known.continues === undefined && (known.usedBy !== undefined || Date.parse(known.expiresAt) > clock.now());
  if (!isGood) throw new RecoveryError('unauthenticated', 'the token is not known here or has expired: ask for a new one', { retry: 'never', facts: { reason: 'unknown-token' } });
}

function faultOf(error: unknown): { readonly code: SoapFaultCode; readonly status: number; readonly message: string } {
  if (!RecoveryError.isInstance(error)) return { code: 'EnrollmentServer', status: 500, message: 'the server failed; try again later' };
  if (error.code === 'unauthenticated') return { code: error.facts?.['reason'] === 'revoked' ? 'Authorization' : 'Authentication', status: 400, message: error.message };
  if (error.code === 'enrolment-changed') return { code: 'Authorization', status: 400, message: error.message };
  if (error.code === 'invalid-argument') return { code: error.fieldPath === 'requestDer' ? 'CertificateRequest' : 'MessageFormat', status: 400, message: error.message };
  return { code: 'EnrollmentServer', status: 500, message: 'the server cannot do it now; try again later' };
}
