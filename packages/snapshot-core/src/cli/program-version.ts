/** The version of this package, as `--version` prints it. */
export const programVersion = '0.1.0';
