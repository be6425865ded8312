import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { invalid, type FieldProblem } from './problem.js';
import { assertStorable } from './storable.js';

const SHOWN_VALUE_MAX = 80;

/** Looks at every text before anything else does. */
class StorableValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // What a decorator of ours makes (the caller, the request) was not sent.
    if (metadata.type !== 'custom') assertStorable(value, metadata.data ?? '');
    return super.transform(value, metadata);
  }
}

/** Bodies are checked against their class; unknown properties are refused, and every problem comes at once with its path. */
export function validationPipe(): ValidationPipe {
  return new StorableValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false, value: true },
    exceptionFactory: (errors) => invalid(errors.flatMap((error) => flatten(error, ''))),
  });
}

function flatten(error: ValidationError, prefix: string): FieldProblem[] {
  const index = /^\d+$/.test(error.property);
  const field = prefix === '' ? error.property : prefix + (index ? `[${error.property}]` : `.${error.property}`);
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    field,
    problem: message.startsWith(`${error.property} `) ? message.slice(error.property.length + 1) : message,
    ...shown(error.value),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, field))];
}

function shown(value: unknown): { value?: string } {
  if (value === undefined || typeof value === 'object') return {};
  return { value: String(value).slice(0, SHOWN_VALUE_MAX) };
}
