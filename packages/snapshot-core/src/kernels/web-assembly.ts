/** Code that the engine has compiled. */
export interface CompiledModule {
  readonly compiled: never;
}

/** The part of the engine's `WebAssembly` that is used here; the types of Node do not have it. */
export interface WebAssemblyEngine {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => CompiledModule;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: CompiledModule, imports: { readonly env: { readonly memory: object } }) => { readonly exports: unknown };
}

/** The engine's own, or undefined where it was switched off (`--jitless`). */
export function webAssembly(): WebAssemblyEngine | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyEngine }).WebAssembly;
}
