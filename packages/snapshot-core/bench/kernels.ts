import { measureBoundaryQuality } from './kernels/boundary-quality.ts';
import { measureKernelSpeed, measureRunSpeed } from './kernels/kernel-speed.ts';

// Speed of the kernels and quality of the boundaries: `node packages/snapshot-core/bench/kernels.ts [speed | runs | quality]`.

const wanted = process.argv[2];
if (wanted === undefined || wanted === 'speed') console.table(measureKernelSpeed());
if (wanted === undefined || wanted === 'runs') console.table(measureRunSpeed());
if (wanted === undefined || wanted === 'quality') console.table(measureBoundaryQuality([8_192, 16_384, 32_768, 65_536]));
