/** What somebody wants of Windows' recovery on the machine itself; {@link applySettingsSequence} applies settings. */
export type RecoveryPurpose = 'read-settings' | 'clear-settings' | 'enter-test-mode' | 'boot-to-winre' | 'renew-winre';

/** How a step shows that it failed, and what to do then. */
export interface RecoveryStepFailure {
  readonly sign: string;
  readonly remedy: string;
}

/** One program call of a sequence. Elevated; arguments go to the program as they are, through no shell. */
export interface RecoveryStep {
  readonly fileName: 'reagentc.exe' | 'shutdown.exe';
  readonly arguments: readonly string[];
  readonly does: string;
  /** What must hold before. */
  readonly needs: string;
  /** Its output has the Wi-Fi password in clear: give it to {@link redactRecoverySettings} before it goes anywhere. */
  readonly printsSecret: boolean;
  readonly failures: readonly RecoveryStepFailure[];
}

const elevated = 'a process with administrator rights in the running Windows';
const status: RecoveryStep = {
  ...reagentc('/info'),
  does: 'says whether WinRE is enabled and where it lies',
  needs: elevated,
  failures: [{ sign: 'status Disabled, or no location', remedy: 'run the sequence renew-winre; without WinRE nothing here works' }],
};
const readBack: RecoveryStep = {
  ...reagentc('/getrecoverysettings'),
  does: 'prints the settings in effect as XML',
  needs: elevated,
  printsSecret: true,
  failures: [{ sign: 'an unknown option', remedy: 'this build has no Quick Machine Recovery; it needs Windows 11 24H2 26100.4700 or later' }],
};
const bootToWinre: RecoveryStep = {
  ...reagentc('/boottore'),
  does: 'makes WinRE the target of the next start only',
  needs: 'WinRE is enabled',
  failures: [{ sign: 'exit status not 0', remedy: 'run the sequence renew-winre' }],
};
const restart: RecoveryStep = {
  fileName: 'shutdown.exe',
  arguments: ['/r', '/t', '0'],
  does: 'restarts now',
  needs: 'whoever works on the machine was told',
  printsSecret: false,
  failures: [{ sign: 'the machine comes back to Windows without having been in WinRE', remedy: 'the start of WinRE failed: read /info, then run the sequence renew-winre' }],
};

/**
 * The program calls for a purpose, in order: stop at the first that fails. Written from Microsoft's pages; not tried on Windows.
 *
 * @see https://learn.microsoft.com/windows/configuration/quick-machine-recovery
 * @see https://learn.microsoft.com/windows-hardware/manufacture/desktop/reagentc-command-line-options
 */
export function recoveryCommandSequence(purpose: RecoveryPurpose): readonly RecoveryStep[] {
  switch (purpose) {
    case 'read-settings':
      return [readBack];
    case 'clear-settings':
      return [{ ...reagentc('/clearrecoverysettings'), does: 'removes the settings; defaults of edition and management state hold again', needs: elevated, failures: [] }, readBack];
    case 'enter-test-mode':
      return [status, readBack, testMode, bootToWinre, restart];
    case 'boot-to-winre':
      return [status, bootToWinre, restart];
    case 'renew-winre':
      return [
        { ...reagentc('/disable'), does: 'takes WinRE out of the boot configuration', needs: elevated, failures: [] },
        { ...reagentc('/enable'), does: 'puts it in again', needs: 'winre.wim on the machine and a recovery partition with room for it', failures: [{ sign: 'the image was not found', remedy: 'put winre.wim of this build to C:\\Windows\\System32\\Recovery and try again' }] },
        status,
      ];
  }
}

/**
 * The program calls that apply a settings file, look before and read back after; stop at the first that fails, and delete the file whatever became of it.
 *
 * Precedence is not documented: settings that an MDM server sets may replace these at its next session.
 *
 * @param settingsPath file of {@link recoverySettingsXml}
 * @see https://learn.microsoft.com/windows/configuration/quick-machine-recovery
 */
export function applySettingsSequence(settingsPath: string): readonly RecoveryStep[] {
  return [status, applyFrom(settingsPath), readBack];
}

const testMode: RecoveryStep = {
  ...reagentc('/SetRecoveryTestmode'),
  does: 'makes the next start of WinRE a rehearsal of automatic remediation that returns to Windows',
  needs: 'cloudRemediation and autoRemediation are on in the settings, and a network that WinRE can join',
  failures: [{ sign: 'WinRE shows its menu instead', remedy: 'choose Continue, run the sequence renew-winre, and try again; builds of 2026 document test mode for an Insider channel only' }],
};

function applyFrom(settingsPath: string): RecoveryStep {
  return {
    ...reagentc('/setrecoverysettings', '/path', settingsPath),
    does: 'applies the file',
    needs: `${elevated}; the file readable by administrators only, and deleted after this step whatever became of it`,
    failures: [{ sign: 'exit status not 0', remedy: 'nothing was applied: check the file against parseRecoverySettingsXml, and the build (24H2 26100.4700 or later)' }],
  };
}

function reagentc(...reagentcArguments: readonly string[]): Pick<RecoveryStep, 'fileName' | 'arguments' | 'printsSecret'> {
  return { fileName: 'reagentc.exe', arguments: reagentcArguments, printsSecret: false };
}
