import { X509Certificate } from 'node:crypto';
import { element, writeXml, type XmlElement } from '@winre-kit/sdk/windows';

/** What a newly enrolled client is told. */
export interface Provisioning {
  readonly authorityPem: string;
  readonly certificatePem: string;
  /** Where its sessions are held. */
  readonly managementUrl: string;
  /** The name of this server on the client; part of the path of its DMClient nodes. */
  readonly providerId: string;
  /** The client's name by this server's word. */
  readonly deviceId: string;
}

const characteristic = (type: string, ...content: readonly XmlElement[]): XmlElement => element('characteristic', { type }, ...content);
const parm = (name: string, value: string, datatype?: string): XmlElement => element('parm', { name, value, ...(datatype !== undefined && { datatype }) });

/**
 * The document that ends an enrolment: trust this authority, hold this certificate, and come to this address with it, speaking SyncML in XML.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mde2
 */
export function provisioningDocument({ authorityPem, certificatePem, managementUrl, providerId, deviceId }: Provisioning): string {
  const own = new X509Certificate(certificatePem);
  const subject = encodeURIComponent(`CN=${deviceId}`);
  return writeXml(element('wap-provisioningdoc', { version: '1.1' },
    characteristic('CertificateStore',
      characteristic('Root', characteristic('System', certificateEntry(new X509Certificate(authorityPem)))),
      characteristic('My', characteristic('System', certificateEntry(own))),
    ),
    characteristic('APPLICATION',
      parm('APPID', 'w7'),
      parm('PROVIDER-ID', providerId),
      parm('NAME', providerId),
      parm('ADDR', managementUrl),
      parm('CONNRETRYFREQ', '6'),
      parm('INITIALBACKOFFTIME', '30000'),
      parm('MAXBACKOFFTIME', '120000'),
      parm('DEFAULTENCODING', 'application/vnd.syncml.dm+xml'),
      parm('SSLCLIENTCERTSEARCHCRITERIA', `Subject=${subject}&Stores=My%5CSystem`),
    ),
    characteristic('DMClient', characteristic('Provider', characteristic(providerId,
      parm('EntDMID', deviceId, 'string'),
      characteristic('Poll',
        parm('NumberOfFirstRetries', '10', 'integer'),
        parm('IntervalForFirstSetOfRetries', '15', 'integer'),
        parm('NumberOfRemainingScheduledRetries', '0', 'integer'),
        parm('IntervalForRemainingScheduledRetries', '480', 'integer'),
        parm('PollOnLogin', 'true', 'boolean'),
      ),
    ))),
  ));
}

function certificateEntry(certificate: X509Certificate): XmlElement {
  // Windows names the entries of its stores by SHA-1; it is a name here, and no proof.
  return characteristic(certificate.fingerprint.replaceAll(':', ''), parm('EncodedCertificate', certificate.raw.toString('base64')));
}
