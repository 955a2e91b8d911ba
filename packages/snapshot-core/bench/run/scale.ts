/** How large a run is. */
export interface Scale {
  readonly imageBytes: number;
  readonly treeFiles: number;
  readonly rounds: number;
  /** Sizes of the images whose snapshots must all take the same memory. */
  readonly memoryImageBytes: readonly number[];
}

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

/** `full` is what the bars are about; `quick` ends within two minutes; `tiny` only shows that everything works. */
export const scales = {
  full: { imageBytes: 4 * gibibyte, treeFiles: 100_000, rounds: 3, memoryImageBytes: [gibibyte, 4 * gibibyte, 16 * gibibyte] },
  quick: { imageBytes: 256 * mebibyte, treeFiles: 5_000, rounds: 1, memoryImageBytes: [gibibyte, 4 * gibibyte] },
  tiny: { imageBytes: 16 * mebibyte, treeFiles: 100, rounds: 1, memoryImageBytes: [16 * mebibyte, 64 * mebibyte] },
} as const satisfies Record<string, Scale>;
