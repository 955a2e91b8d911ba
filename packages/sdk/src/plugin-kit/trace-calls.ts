import { RecoveryError } from '../errors/recovery-error.ts';
import type { PluginCall, PluginWrapper } from './plugin-call.ts';

/** The part of an OpenTelemetry span that is used here. */
export interface CallSpan {
  setAttribute(name: string, value: string | number | boolean): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** Fits the `Tracer` of `@opentelemetry/api`, which so need not be installed. */
export interface CallTracer {
  startSpan(name: string, options?: { attributes?: Record<string, string | number | boolean> }): CallSpan;
}

const spanStatus = { ok: 1, error: 2 } as const;

/** One span per call, named after the capability and the method, such as `winre.restore.trigger doStart`. A stream's span ends when its reader stops. */
export function traceCalls(tracer: CallTracer): PluginWrapper {
  const start = (call: PluginCall): CallSpan => {
    const method = call.path.slice(call.path.lastIndexOf('.') + 1);
    return tracer.startSpan(`${call.capability ?? 'winre.operations'} ${method}`, {
      attributes: { 'winre.plugin': call.pluginId, 'winre.call': call.path, 'winre.correlation_id': call.context.correlationId },
    });
  };
  const fail = (span: CallSpan, error: unknown): void => {
    const code = RecoveryError.isInstance(error) ? error.code : 'other';
    span.setAttribute('winre.error_code', code);
    span.setStatus({ code: spanStatus.error, message: code });
  };
  return {
    async aroundCall(call, proceed) {
      const span = start(call);
      try {
        const value = await proceed();
        span.setStatus({ code: spanStatus.ok });
        return value;
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    async *aroundStream(call, proceed) {
      const span = start(call);
      let items = 0;
      try {
        for await (const item of proceed()) {
          items += 1;
          yield item;
        }
        span.setStatus({ code: spanStatus.ok });
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.setAttribute('winre.items', items);
        span.end();
      }
    },
  };
}
