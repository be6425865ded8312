import type { EntityName } from '#canonical';
import { ConnectorError, type Context, type DiscoveredField } from '#connector-kit';
import { listOf, objectOf, textOf } from '../odata/json.js';
import { financeError, isNoEntity, isPermission } from './errors.js';
import { columnsOf } from './read/columns.js';
import { LEDGER_COLUMNS, LEDGER_ENTITY } from './read/ledger.js';
import { CUSTOMERS } from './read/lists.js';
import { metadataEntity } from './service.js';

/** Which data entities hold what the hub reads, by the name their metadata has (reference 3.1). */
const DESCRIBED: readonly { readonly collection: string; readonly publicName: string; readonly read: readonly string[]; readonly entities: readonly EntityName[] }[] = [
  { collection: CUSTOMERS.entity, publicName: 'CustomerV3', read: CUSTOMERS.select, entities: ['customer'] },
  { collection: LEDGER_ENTITY, publicName: 'CustTransaction', read: LEDGER_COLUMNS, entities: ['invoice', 'creditMemo', 'payment'] },
];

/**
 * Columns this environment's entities have and a read does not ask for, standard ones and a customer's own extensions alike: Finance does
 * not tell them apart. Named in the setting `moreColumns` they are read, and a mapping overlay can claim them. Asked of the metadata service,
 * an entity at a time, because `$metadata` is tens of MB.
 */
export async function discover(context: Context): Promise<readonly DiscoveredField[]> {
  const found: DiscoveredField[] = [];
  for (const { collection, publicName, read, entities } of DESCRIBED) {
    const known = new Set(columnsOf(context, collection, read));
    for (const property of await propertiesOf(context, publicName)) {
      if (!known.has(property.name)) for (const entity of entities) found.push({ entity, ...property });
    }
  }
  return found;
}

async function propertiesOf(context: Context, publicName: string): Promise<readonly Omit<DiscoveredField, 'entity'>[]> {
  const answer = await metadataEntity(context, publicName);
  if (answer.failed !== null) {
    if (isNoEntity(answer.failed) || isPermission(answer.failed) || answer.failed.status === 404) return [];
    throw financeError(`GET the metadata of ${publicName}`, answer.failed, false);
  }
  const properties = objectOf(answer.body)['Properties'];
  if (!Array.isArray(properties)) throw new ConnectorError(`Finance: the metadata of ${publicName} is no description of an entity`, { kind: 'transient' });
  return listOf(properties).map(objectOf).flatMap((property) => {
    const name = textOf(property['Name']);
    return name === null ? [] : [{ name, label: textOf(property['LabelText']) || name, type: textOf(property['TypeName']) ?? '' }];
  });
}
