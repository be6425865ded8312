import { parseJsonKeepingNumberText, type Json, type JsonObject } from '#canonical';

/** The value of a JSON text, every number as the text it was sent as. @returns null for what is no JSON: an HTML page, half an answer. */
export function jsonOrNull(text: string): Json {
  try {
    return parseJsonKeepingNumberText(text) as Json;
  } catch {
    return null;
  }
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as JsonObject : {};
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value as readonly Json[] : [];
}

/** The text of a field; null where it is absent, null or no text. Numbers are text here. */
export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
