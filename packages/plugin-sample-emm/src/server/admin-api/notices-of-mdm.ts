import type { Notice } from '@winre-kit/sdk';
import { compileSettings, editionOfProductCode, type RecoverySettings } from '@winre-kit/sdk/windows';
import { buildOf } from '../mdm-endpoint/choose-dialect.ts';
import type { MdmReport } from '../mdm-endpoint/mdm-session.ts';
import type { MdmCertificate } from '../store/mdm-certificate-store.ts';

/** What to tell whoever set something for an MDM-enrolled device: when it gets it, and what its build of Windows has no words for, or what is doubtful about the words. Pure. */
export function noticesOfMdm(settings: RecoverySettings, { osEdition }: Pick<MdmCertificate, 'osEdition'>, report: MdmReport | undefined, osBuild: string | undefined): readonly Notice[] {
  const follows: Notice = { code: 'device-follows-later', message: 'stored; the device gets it in its next MDM session', severity: 'info' };
  const build = buildOf(report?.osBuild ?? osBuild);
  if (!build) return [follows];
  const dialect = report?.dialect;
  const { notExpressed, doubts } = compileSettings(settings, { build, edition: osEdition === null ? 'other' : editionOfProductCode(osEdition), ...(dialect && { dialect }) });
  return [
    follows,
    ...notExpressed.map(({ setting, kind, reason }): Notice => ({ code: 'not-expressed', message: `${setting}: ${reason}`, severity: kind === 'rounded' ? 'info' : 'warning' })),
    ...doubts.map(({ uri, reason }): Notice => ({ code: 'doubtful', message: `${uri.split('/').at(-1)}: ${reason}`, severity: 'info' })),
  ];
}
