import type { EnvironmentSettings } from '../settings.js';
import type { EntitySet } from './entity-set.js';
import { JOURNAL_SETS } from './journals.js';
import { CUSTOMERS, MASTERS } from './masters.js';
import { OPEN_ITEM_SETS } from './open-items.js';

export const ENTITY_SETS: readonly EntitySet[] = [CUSTOMERS, ...MASTERS, ...OPEN_ITEM_SETS, ...JOURNAL_SETS];

/** What this tenant has. */
export function offeredSets(settings: EnvironmentSettings): readonly EntitySet[] {
  return ENTITY_SETS.filter((set) => !settings.hiddenEntities.includes(set.collection));
}

export function findSet(settings: EnvironmentSettings, collection: string): EntitySet | undefined {
  return offeredSets(settings).find((set) => set.collection === collection);
}
