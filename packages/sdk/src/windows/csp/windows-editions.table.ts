/** Editions as far as recovery differs between them. `other` has no text about it. */
export type WindowsEdition = 'home' | 'pro' | 'enterprise' | 'education' | 'iot-enterprise' | 'other';

/**
 * Product codes by edition, as `OSEdition` says at enrolment. N, evaluation and long-term editions count as their own edition.
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mde2/d92ead8f-faf3-47a8-a341-1921dc2c463b
 */
export const windowsEditionCodes: Readonly<Record<Exclude<WindowsEdition, 'other'>, readonly number[]>> = {
  home: [0x62, 0x63, 0x64, 0x65],
  pro: [0x30, 0x31, 0xa1, 0xa2, 0xa4, 0xa5],
  enterprise: [0x04, 0x1b, 0x48, 0x54, 0x7d, 0x7e, 0x81, 0x82],
  education: [0x79, 0x7a],
  'iot-enterprise': [0xbc, 0xbf],
};

/**
 * The edition of a product code; `other` for one that is not listed.
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mde2/d92ead8f-faf3-47a8-a341-1921dc2c463b
 */
export function editionOfProductCode(code: number): WindowsEdition {
  const found = Object.entries(windowsEditionCodes).find(([, codes]) => codes.includes(code));
  return (found?.[0] as WindowsEdition | undefined) ?? 'other';
}
