import { SettingRules, type SettingCheck } from '../../simulation/control.js';
import { defaultSettings, REQUEST_CLASSES, type PlaidSettings } from '../settings.js';

const isClass = (name: unknown): boolean => REQUEST_CLASSES.some((each) => each === name);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const oneOf = (...values: readonly string[]): SettingCheck => ({ expected: values.join(' or '), holds: (value) => values.some((each) => each === value) });
const atLeast = (low: number): SettingCheck => ({ expected: `an integer from ${low}`, holds: (value) => Number.isInteger(value) && (value as number) >= low });

const CHECKS: Readonly<Record<string, SettingCheck>> = {
  environment: oneOf('sandbox', 'production'), updates: oneOf('latest', 'everyChange'), foreignCursors: oneOf('refuse', 'startOver'), removedOrder: oneOf('beside', 'first', 'last'), rateLimitClock: oneOf('machine', 'sandbox'),
  initialUpdateMs: atLeast(0), historicalUpdateMs: atLeast(0), webhookCopies: atLeast(1), webhookTimeoutMs: atLeast(1), webhookRetryFirstMs: atLeast(1), webhookRetrySampleMin: atLeast(1),
  itemLifetimeDays: { expected: 'null or a number of days', holds: (value) => value === null || atLeast(1).holds(value) },
  internalErrorStatus: { expected: 'a status from 500', holds: (value) => atLeast(500).holds(value) && (value as number) < 600 },
  webhookRetryFailureShareMax: { expected: 'a share from 0 to 1', holds: (value) => typeof value === 'number' && value >= 0 && value <= 1 },
  itemErrorBlocks: { expected: `a list of request classes (${REQUEST_CLASSES.join(', ')})`, holds: (value) => Array.isArray(value) && value.every(isClass) },
  rateLimits: { expected: '{CLASS: {item, client}}, integers from 1', holds: (value) => isRecord(value) && Object.entries(value).every(([name, limit]) => isClass(name) && isRecord(limit) && [limit['item'], limit['client']].every((most) => atLeast(1).holds(most))) },
  latencyMs: { expected: 'milliseconds by request class', holds: (value) => isRecord(value) && Object.entries(value).every(([name, delay]) => isClass(name) && atLeast(0).holds(delay)) },
};

export const SETTING_RULES = new SettingRules<PlaidSettings>(defaultSettings, CHECKS);
