import type { JsonObject } from '#canonical';
import { z } from 'zod';

/** What `connect` asks for, as JSON Schema 2020-12: every setting with its `description`, default and choices. Secrets apart, because they are typed unseen. */
export interface SettingsForm {
  readonly config: JsonObject;
  readonly secrets: JsonObject;
}

/** Makes the form from the schemas that check the settings, so that the two cannot disagree. Describe each setting (`.describe`): people read it. */
export function settingsForm(config: z.ZodType, secrets: z.ZodType): SettingsForm {
  return { config: schemaOf(config), secrets: schemaOf(secrets) };
}

function schemaOf(schema: z.ZodType): JsonObject {
  // What is typed, not what comes out: a setting with a default need not be given.
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonObject;
}

/** Problems of settings as sentences with the setting's path; empty when there are none. No value is quoted: it may be a secret. */
export function settingsProblems(root: 'config' | 'secrets', schema: z.ZodType, given: unknown): readonly string[] {
  const { error } = schema.safeParse(given, { error: (issue) => (issue.code === 'invalid_type' && issue.input === undefined ? 'is missing' : undefined) });
  return (error?.issues ?? []).map((issue) => `${[root, ...issue.path.map(String)].join('.')}: ${issue.message}`);
}
