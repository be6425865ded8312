import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { CallRecord } from '#connections';

/** What Prometheus scrapes at `/metrics`. */
export interface Metrics {
  readonly registry: Registry;
  readonly calls: Counter<'connection' | 'status'>;
  readonly callSeconds: Histogram<'connection'>;
}

const CALL_SECONDS_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    calls: new Counter({ name: 'tributary_connector_calls_total', help: 'Calls to connected systems by HTTP status; 0 means no answer', labelNames: ['connection', 'status'], registers: [registry] }),
    callSeconds: new Histogram({ name: 'tributary_connector_call_seconds', help: 'Duration of calls to connected systems', labelNames: ['connection'], buckets: CALL_SECONDS_BUCKETS, registers: [registry] }),
  };
}

export function callCounter(metrics: Metrics): (connectionId: string, call: CallRecord) => void {
  return (connection, call) => {
    metrics.calls.inc({ connection, status: String(call.status) });
    metrics.callSeconds.observe({ connection }, call.durationMs / 1_000);
  };
}
