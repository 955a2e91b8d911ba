import { factFrom, type FactSource } from './fact-sources.table.ts';

/** What an error number of Windows says. */
export interface HresultMeaning {
  /** Eight hexadecimal digits, such as `0x80070032`. */
  readonly hex: string;
  readonly isFailure: boolean;
  readonly name?: string;
  readonly meaning: string;
  /** What to look at first, where a text says so. */
  readonly advice?: string;
  readonly source: FactSource;
}

const common = factFrom('HRESULT', 'P');

/**
 * Error numbers that Microsoft lists as common, and the one it names for a reset.
 * @see https://learn.microsoft.com/en-us/windows/win32/seccrypto/common-hresult-values
 */
export const hresultTable: Readonly<Record<number, Pick<HresultMeaning, 'name' | 'meaning' | 'advice' | 'source'>>> = {
  0x00000000: { name: 'S_OK', meaning: 'no error', source: common },
  0x80004001: { name: 'E_NOTIMPL', meaning: 'not implemented', source: common },
  0x80004002: { name: 'E_NOINTERFACE', meaning: 'no such interface', source: common },
  0x80004003: { name: 'E_POINTER', meaning: 'invalid pointer', source: common },
  0x80004004: { name: 'E_ABORT', meaning: 'aborted', source: common },
  0x80004005: { name: 'E_FAIL', meaning: 'failed, without saying why', source: common },
  0x8000ffff: { name: 'E_UNEXPECTED', meaning: 'unexpected failure', source: common },
  0x80070005: { name: 'E_ACCESSDENIED', meaning: 'access denied', source: common },
  0x80070006: { name: 'E_HANDLE', meaning: 'invalid handle', source: common },
  0x8007000e: { name: 'E_OUTOFMEMORY', meaning: 'out of memory', source: common },
  0x80070032: {
    name: 'ERROR_NOT_SUPPORTED',
    meaning: 'not supported',
    advice: 'WinRE is not enabled: run reagentc /enable',
    source: factFrom('AP-RESET', 'P', 'said of the reset that is started on the device; that the remote one gives the same number is inferred'),
  },
  0x80070057: { name: 'E_INVALIDARG', meaning: 'invalid argument', source: common },
};

const win32Facility = 7;

/**
 * Explains a number such as `LastError` gives: signed or unsigned, known by the table or taken apart.
 * @see https://learn.microsoft.com/en-us/windows/win32/com/structure-of-com-error-codes
 */
export function describeHresult(value: number): HresultMeaning {
  const unsigned = value >>> 0;
  const hex = `0x${unsigned.toString(16).toUpperCase().padStart(8, '0')}`;
  const isFailure = unsigned >= 0x80000000;
  const known = hresultTable[unsigned];
  if (known !== undefined) return { hex, isFailure, ...known };
  const facility = (unsigned >>> 16) & 0x7ff;
  const code = unsigned & 0xffff;
  const origin = facility === win32Facility ? `Win32 error ${code}` : `code ${code} of facility ${facility}`;
  return { hex, isFailure, meaning: `${origin}, of which the table knows nothing`, source: factFrom('COM-ERR', 'P') };
}
