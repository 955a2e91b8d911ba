type Attributes = Record<string, string | number | boolean>;

/** The part of an OpenTelemetry `Span` that the host uses. */
export interface HostSpan {
  setAttribute(name: string, value: string | number | boolean): unknown;
  /** Code 2 is `ERROR`. */
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** The part of an OpenTelemetry `Tracer` that the host uses. Spans are named after capability ids. */
export interface HostTracer {
  startSpan(name: string, options?: { attributes?: Attributes }): HostSpan;
}

/** The part of an OpenTelemetry `Meter` that the host uses. */
export interface HostMeter {
  createCounter(name: string, options?: { description?: string; unit?: string }): { add(value: number, attributes?: Attributes): void };
  createHistogram(name: string, options?: { description?: string; unit?: string }): { record(value: number, attributes?: Attributes): void };
}
