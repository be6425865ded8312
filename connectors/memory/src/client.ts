import type { z } from 'zod';
import type { JsonObject } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { failureOfAnswer, failureOfGarble, failureOfSilence, type RequestKind } from './errors.js';
import { secretsOf, settingsOf } from './settings.js';
import type { TargetAnswer } from './target/answer.js';
import type { MemoryTargets } from './target/memory-targets.js';

/** One call of the target's API and the shape its answer must have. */
export interface Call<S extends z.ZodType> {
  readonly path: string;
  readonly body: JsonObject;
  readonly answers: S;
  /** How long to wait for the answer; without it, until the context's signal. */
  readonly deadlineMs?: number;
}

/** The way to the targets of this process. One call is one request: nothing is retried here. */
export class MemoryClient {
  constructor(private readonly targets: MemoryTargets) {}

  /** @throws ConnectorError of every kind but `notSupported`. */
  async call<S extends z.ZodType>(context: Context, call: Call<S>): Promise<z.infer<S>> {
    const kind: RequestKind = call.path.startsWith('write/') ? 'write' : 'read';
    const answer = await this.send(context, kind, call);
    context.log('memory.request', { path: call.path, status: answer.status });
    if (answer.status !== 200) throw failureOfAnswer(kind, call.path, answer);
    const parsed = call.answers.safeParse(answer.body);
    if (!parsed.success) throw failureOfGarble(kind, call.path);
    return parsed.data;
  }

  private async send(context: Context, kind: RequestKind, { path, body, deadlineMs }: Call<z.ZodType>): Promise<TargetAnswer> {
    const { target: name } = settingsOf(context.config);
    const target = this.targets.find(name);
    if (target === null) {
      throw new ConnectorError(`no target is called "${name}" in this process`, {
        kind: 'invalid', issues: [{ path: 'config.target', value: name, problem: 'names no target of this process' }],
      });
    }
    const signal = deadlineMs === undefined ? context.signal : AbortSignal.any([context.signal, AbortSignal.timeout(deadlineMs)]);
    if (signal.aborted) throw new ConnectorError(`${path}: aborted before it was sent`, { kind: 'transient' });
    try {
      return await target.request({ path, body, token: secretsOf(context.secrets).token }, signal);
    } catch (error) {
      throw failureOfSilence(kind, path, error);
    }
  }
}
