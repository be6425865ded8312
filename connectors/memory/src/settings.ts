import { settingsForm, settingsProblems as problemsOf } from '#connector-kit';
import { z } from 'zod';
import { PAGE_SIZE_MAX } from './capabilities.js';

const SETTINGS = z.strictObject({
  target: z.string().min(1).describe('Name under which the process knows the target.'),
  pageSize: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_MAX).describe('Records read at once.'),
});
const SECRETS = z.strictObject({ token: z.string().min(1).describe('What the target lets in.') });

export const FORM = settingsForm(SETTINGS, SECRETS);

export type MemorySettings = z.infer<typeof SETTINGS>;
export type MemorySecrets = z.infer<typeof SECRETS>;

/** Problems as sentences with the setting's path; empty when both may be used. No value is quoted: it may be a secret. */
export function settingsProblems(config: unknown, secrets: unknown): readonly string[] {
  return [...problemsOf('config', SETTINGS, config), ...problemsOf('secrets', SECRETS, secrets)];
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
