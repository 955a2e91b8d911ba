import type { Clock } from '../../contract/clock.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { HostMeter, HostTracer } from './telemetry.ts';

interface ObservedCall {
  readonly plugin: string;
  readonly capability: string;
  readonly verb: string;
  readonly correlationId: string;
}

/** Makes a span and two measurements of every call into a plug-in, named after its capability. */
export interface CallObserver {
  begin(call: ObservedCall): { end(error: unknown): void };
}

export function createCallObserver({ clock, tracer, meter }: { readonly clock: Clock; readonly tracer: HostTracer | undefined; readonly meter: HostMeter | undefined }): CallObserver {
  const instruments = new Map<string, { count: ReturnType<HostMeter['createCounter']>; duration: ReturnType<HostMeter['createHistogram']> }>();
  const instrumentsOf = (capability: string, source: HostMeter): { count: ReturnType<HostMeter['createCounter']>; duration: ReturnType<HostMeter['createHistogram']> } => {
    const known = instruments.get(capability) ?? {
      count: source.createCounter(`${capability}.calls`, { description: 'Calls into the plug-in' }),
      duration: source.createHistogram(`${capability}.duration`, { description: 'Time until the plug-in answered', unit: 'ms' }),
    };
    instruments.set(capability, known);
    return known;
  };
  return {
    begin({ plugin, capability, verb, correlationId }) {
      const beganMs = clock.monotonicMs();
      const span = tracer?.startSpan(capability, { attributes: { 'winre.plugin': plugin, 'winre.verb': verb, 'winre.correlation_id': correlationId } });
      return {
        end(error) {
          const outcome = error === undefined ? 'ok' : RecoveryError.isInstance(error) ? error.code : 'aborted';
          if (error !== undefined) span?.setStatus({ code: 2, message: outcome });
          span?.setAttribute('winre.outcome', outcome);
          span?.end();
          if (!meter) return;
          const { count, duration } = instrumentsOf(capability, meter);
          count.add(1, { plugin, verb, outcome });
          duration.record(clock.monotonicMs() - beganMs, { plugin, verb, outcome });
        },
      };
    },
  };
}
