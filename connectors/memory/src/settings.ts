import { z } from 'zod';
import { PAGE_SIZE_MAX } from './capabilities.js';

const SETTINGS = z.strictObject({
  /** Name under which the process knows the target. */
  target: z.string().min(1),
  pageSize: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_MAX),
});
const SECRETS = z.strictObject({ token: z.string().min(1) });

export type MemorySettings = z.infer<typeof SETTINGS>;
export type MemorySecrets = z.infer<typeof SECRETS>;

/** Problems as sentences with the setting's path; empty when both may be used. No value is quoted: it may be a secret. */
export function settingsProblems(config: unknown, secrets: unknown): readonly string[] {
  return [...problemsOf('config', SETTINGS.safeParse(config)), ...problemsOf('secrets', SECRETS.safeParse(secrets))];
}

function problemsOf(root: string, parsed: { readonly error?: z.ZodError | undefined }): readonly string[] {
  return (parsed.error?.issues ?? []).map((issue) => `${[root, ...issue.path].join('.')}: ${issue.message}`);
}

/** @throws ZodError; the engine checks settings before it uses a connection. */
export function settingsOf(config: unknown): MemorySettings {
  return SETTINGS.parse(config);
}

/** @throws ZodError, as {@link settingsOf}. */
export function secretsOf(secrets: unknown): MemorySecrets {
  return SECRETS.parse(secrets);
}

/** The target a connection's settings name; empty when they name none, which the settings check refuses. */
export function targetNamed(config: unknown): string {
  return z.object({ target: z.string() }).safeParse(config).data?.target ?? '';
}
