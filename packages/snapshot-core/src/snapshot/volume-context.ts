import type { DamageWatch } from './damage-watch.ts';
import type { Engine } from './engine/with-engine.ts';
import type { SaveContext } from './save-chunks.ts';

/** What taking a volume needs of a snapshot's context. */
export type VolumeContext = SaveContext & {
  readonly verifyAll: boolean;
  readonly engine: Engine;
  readonly generation: number;
  /** Where a parent is relied on: the volume ends with its error when damage is met that was not known. */
  readonly damage?: DamageWatch | undefined;
};
