/** How sure a fact is: `P` read in a text or metadata of Microsoft, `S` in a text that cites one, `I` inferred and to be tested on a device. */
export type FactGrade = 'P' | 'S' | 'I';

/**
 * Where facts about Windows were read, by tag, and the date of the text where it has one. A page can change after that; what a device answers counts.
 *
 * Our own rule: each fact names its page and how sure it is, so that a wrong one can be traced; the tags are ours, each row has its address.
 */
export const factSources = {
  'RR-DDF': { url: 'https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file', asOf: '2025-06-30' },
  'QMR-DOC': { url: 'https://learn.microsoft.com/en-us/windows/configuration/quick-machine-recovery', asOf: '2025-06-02' },
  'REC-CSP': { url: 'https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp', asOf: '2026-06-24' },
  /** Community runbooks; they cite the Recovery CSP page of 2026-06-24 and the support pages. */
  'EZ-QMR': { url: 'https://github.com/VladSart/EZAdmin/blob/main/Windows/Troubleshooting/QuickMachineRecovery-A.md', asOf: '2026-09-25' },
  'EZ-PITR': { url: 'https://github.com/VladSart/EZAdmin/blob/main/Windows/Troubleshooting/PointInTimeRestore-A.md', asOf: '2026-09-25' },
  'PITR-DOC': { url: 'https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore', asOf: '2026-06-23' },
  'PITR-GA': { url: 'https://techcommunity.microsoft.com/blog/windows-itpro-blog/point-in-time-restore-for-windows-11-is-now-generally-available/4508101', asOf: '2026-06-23' },
  /** A mirror of the Microsoft 365 message center. */
  MC1402092: { url: 'https://deltapulse.app/item/MC1402092' },
  'RW-CSP': { url: 'https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp', asOf: '2024-01-18' },
  'AP-RESET': { url: 'https://learn.microsoft.com/en-us/education/windows/autopilot-reset', asOf: '2022-08-10' },
  HRESULT: { url: 'https://learn.microsoft.com/en-us/windows/win32/seccrypto/common-hresult-values' },
  'COM-ERR': { url: 'https://learn.microsoft.com/en-us/windows/win32/com/structure-of-com-error-codes' },
  'WIFI-CSP': { url: 'https://learn.microsoft.com/en-us/windows/client-management/mdm/wifi-csp' },
} as const satisfies Record<string, { readonly url: string; readonly asOf?: string }>;
export type FactTag = keyof typeof factSources;

/** One statement's source. */
export interface FactSource {
  readonly tag: FactTag;
  readonly url: string;
  readonly grade: FactGrade;
  /** What is inferred, or which texts disagree. Always there for grade `I`. */
  readonly note?: string;
}

/** The source of a fact, with the address its tag stands for. */
export function factFrom(tag: FactTag, grade: FactGrade, note?: string): FactSource {
  return { tag, url: factSources[tag].url, grade, ...(note === undefined ? {} : { note }) };
}
