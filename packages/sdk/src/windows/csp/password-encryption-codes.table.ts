import { factFrom, type FactSource } from './fact-sources.table.ts';

/** Who can read the password that is sent. */
export type PasswordEncryption = 'none' | 'mdm-certificate' | 'custom-certificate';
/** A text that numbers them. */
export type PasswordEncryptionCodebook = 'ddf-2025-06-30' | 'how-to-2025-06-02';

/**
 * Codes of `NetworkPasswordEncryptionType`, as two texts of Microsoft give them. They disagree on every number, and no text says which build follows which:
 * 1 is clear text in one and encrypted in the other. Probe one device, read back, and look whether WinRE joins the network.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 * @see https://learn.microsoft.com/en-us/windows/configuration/quick-machine-recovery
 */
export const passwordEncryptionCodes: Readonly<Record<PasswordEncryptionCodebook, { readonly codes: Readonly<Record<PasswordEncryption, number>>; readonly source: FactSource }>> = {
  'ddf-2025-06-30': { codes: { none: 1, 'mdm-certificate': 2, 'custom-certificate': 3 }, source: factFrom('RR-DDF', 'P') },
  'how-to-2025-06-02': { codes: { none: 0, 'mdm-certificate': 1, 'custom-certificate': 2 }, source: factFrom('QMR-DOC', 'P') },
};

/**
 * What a code may mean: one meaning for each text that has it, none for a code that no text has.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 * @see https://learn.microsoft.com/en-us/windows/configuration/quick-machine-recovery
 */
export function meaningsOfPasswordEncryption(code: number): readonly { readonly codebook: PasswordEncryptionCodebook; readonly encryption: PasswordEncryption }[] {
  return Object.entries(passwordEncryptionCodes).flatMap(([codebook, { codes }]) =>
    Object.entries(codes).flatMap(([encryption, value]) =>
      value === code ? [{ codebook: codebook as PasswordEncryptionCodebook, encryption: encryption as PasswordEncryption }] : [],
    ),
  );
}
