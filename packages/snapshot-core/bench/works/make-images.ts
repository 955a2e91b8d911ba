import { join } from 'node:path';
import { planImageEdits } from '../data/plan-image-edits.ts';
import type { ImageEdits } from '../data/plan-image-edits.ts';
import { writeEditedImage, writeImage } from '../data/write-images.ts';
import type { BenchContext } from '../run/bench-context.ts';

/** Both versions of the image, written once for a run. */
export interface Images {
  readonly firstPath: string;
  readonly secondPath: string;
  readonly edits: ImageEdits;
}

/** Writes both versions into the bench's folder, and records how much of the second is truly new. */
export function makeImages(context: BenchContext): Images {
  const { imageBytes } = context.scale;
  context.say(`making an image of ${Math.round(imageBytes / 2 ** 20)} MiB and its second version`);
  const [firstPath, secondPath] = [join(context.folder, 'image-1'), join(context.folder, 'image-2')];
  const edits = planImageEdits(context.seed, imageBytes);
  writeImage(firstPath, context.seed, imageBytes);
  writeEditedImage(firstPath, secondPath, context.seed, edits);
  context.record({ work: 'image', contender: 'changed bytes', step: 'second', round: 1, measures: { addedBytes: edits.changedBytes } });
  return { firstPath, secondPath, edits };
}
