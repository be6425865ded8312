import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Queues } from '#queue';
import { Database } from '#storage';
import { Public } from './http/authentication.js';
import type { Metrics } from './metrics.js';

export const METRICS = Symbol('tributary.metrics');
/** A probe that waits longer than this says "not ready" itself. */
const CHECK_TIMEOUT_MS = 3_000;

/** For orchestrators and Prometheus; no key, no tenant's data. */
@ApiExcludeController()
@Public()
@Controller()
export class HealthController {
  constructor(@Inject(Database) private readonly database: Database, @Inject(Queues) private readonly queues: Queues, @Inject(METRICS) private readonly metrics: Metrics) {}

  /** The process runs and answers. */
  @Get('health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** What it needs answers too. */
  @Get('health/ready')
  async ready(@Res() response: Response): Promise<void> {
    const checks = { database: await answers(this.database.listTenantIds()), queue: await answers(this.queues.counts()) };
    const ready = Object.values(checks).every((state) => state === 'ok');
    response.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable', checks });
  }

  @Get('metrics')
  async scrape(@Res() response: Response): Promise<void> {
    response.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}

async function answers(question: Promise<unknown>): Promise<'ok' | 'no answer'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'no answer'>((resolve) => { timer = setTimeout(() => { resolve('no answer'); }, CHECK_TIMEOUT_MS); });
  try {
    return await Promise.race([question.then(() => 'ok' as const, () => 'no answer' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
