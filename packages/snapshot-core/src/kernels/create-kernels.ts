import { kernelCode } from './generated/kernel-code.ts';
import { dataStart, type Kernels } from './kernels.ts';
import { createPlainKernels } from './plain-kernels.ts';
import { webAssembly, type CompiledModule, type WebAssemblyEngine } from './web-assembly.ts';

const pageBytes = 65_536;

/** What the compiled code offers; see `assembly/`. Truth values are numbers. */
interface KernelExports {
  setSieve(minBytes: number, looseFromBytes: number, maxBytes: number, strictBits: number, looseBits: number, key0: number, key1: number, key2: number, target: number, seed: number): void;
  setMultiplier(ordinal: number, value: number): void;
  findCut(start: number, end: number): number;
  cutByContent(): number;
  isAllZero(start: number, lengthBytes: number): number;
  isIncompressible(start: number, lengthBytes: number): number;
  differingBlocks(left: number, right: number, lengthBytes: number, blockBytes: number, out: number): number;
}

let compiled: CompiledModule | undefined;

/**
 * Kernels with a memory of their own that holds at least `dataBytes` from `dataStart` on: SIMD code, or its plain
 * references where the engine has no SIMD.
 *
 * Keep them: a memory costs far more than any call, and reserves gigabytes of addresses.
 */
export function createKernels(options: { readonly dataBytes: number }): Kernels {
  const engine = webAssembly();
  const code = Buffer.from(kernelCode, 'base64');
  if (engine === undefined || (compiled === undefined && !engine.validate(code))) return createPlainKernels(options);
  compiled ??= new engine.Module(code);
  return createCompiledKernels(engine, compiled, options.dataBytes);
}

function createCompiledKernels(engine: WebAssemblyEngine, module: CompiledModule, dataBytes: number): Kernels {
  const pages = Math.ceil((dataStart + dataBytes) / pageBytes);
  const memory = new engine.Memory({ initial: pages, maximum: pages });
  const code = new engine.Instance(module, { env: { memory } }).exports as KernelExports;
  return {
    bytes: new Uint8Array(memory.buffer),
    dataStart,
    simd: true,
    setSieve: ({ minBytes, looseFromBytes, maxBytes, strictBits, looseBits, stageOneKeys, stageOneTarget, stageTwoSeed, stageTwoMultipliers }) => {
      code.setSieve(minBytes, looseFromBytes, maxBytes, strictBits, looseBits, ...stageOneKeys, stageOneTarget, stageTwoSeed);
      for (const [ordinal, multiplier] of stageTwoMultipliers.entries()) code.setMultiplier(ordinal, multiplier);
    },
    // Positions from 2 GiB on come back as negative numbers.
    findCut: (start, end) => code.findCut(start, end) >>> 0,
    get cutByContent() {
      return code.cutByContent() !== 0;
    },
    isAllZero: (start, lengthBytes) => code.isAllZero(start, lengthBytes) !== 0,
    isIncompressible: (start, lengthBytes) => code.isIncompressible(start, lengthBytes) !== 0,
    differingBlocks: (left, right, lengthBytes, blockBytes, out) => code.differingBlocks(left, right, lengthBytes, blockBytes, out),
  };
}
