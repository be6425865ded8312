import { pino, type Logger } from 'pino';
import type { LoggerService } from '@nestjs/common';

/** Structured lines on stderr; stdout belongs to whoever started the hub. Fields that could hold a secret are cut out wherever they appear. */
export function openLog(level: string): Logger {
  return pino({
    level,
    base: null,
    redact: { paths: ['secrets', '*.secrets', 'authorization', '*.authorization', 'headers', '*.headers', 'password', '*.password', 'token', '*.token'], censor: '[secret]' },
  }, pino.destination({ fd: 2, sync: false }));
}

/** Nest's own messages in the same stream; its chatter about routes only at debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void { this.logger.debug({ from: String(rest.at(-1) ?? '') }, String(message)); }
  error(message: unknown, ...rest: unknown[]): void { this.logger.error({ from: String(rest.at(-1) ?? '') }, String(message)); }
  warn(message: unknown, ...rest: unknown[]): void { this.logger.warn({ from: String(rest.at(-1) ?? '') }, String(message)); }
  debug(message: unknown): void { this.logger.trace(String(message)); }
  verbose(message: unknown): void { this.logger.trace(String(message)); }
}
