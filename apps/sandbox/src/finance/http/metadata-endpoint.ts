import { offeredSets } from '../entities/catalogue.js';
import type { EntitySet } from '../entities/entity-set.js';
import type { Environment } from '../environment.js';
import { edmType, ENUM_NAMESPACE, ENUMS } from '../odata/columns.js';
import { notFound } from '../odata/odata-error.js';
import { json, type Answer, type Call } from './message.js';
import { METADATA_PATH } from './routes.js';

const isReadOnly = (set: EntitySet): boolean => set.create === undefined && set.update === undefined && set.remove === undefined;

function dataEntity(set: EntitySet): Record<string, unknown> {
  return {
    Name: set.entity, PublicEntityName: set.publicName, PublicCollectionName: set.collection, LabelId: '', LabelText: set.label, DataServiceEnabled: true, DataManagementEnabled: true, EntityCategory: 'Transaction', IsReadOnly: isReadOnly(set),
  };
}

function publicEntity(set: EntitySet): Record<string, unknown> {
  return {
    Name: set.publicName, EntitySetName: set.collection, LabelId: '', LabelText: set.label, IsReadOnly: isReadOnly(set), ConfigurationEnabled: true,
    Properties: set.columns.map((column) => ({
      Name: column.name, TypeName: edmType(column), DataType: column.type === 'enum' ? 'Enum' : edmType(column).slice('Edm.'.length), LabelText: column.name, IsKey: set.key.includes(column.name), IsMandatory: set.key.includes(column.name),
      ConfigurationEnabled: true, AllowEdit: set.update !== undefined && !set.key.includes(column.name), AllowEditOnCreate: set.create !== undefined, IsDimension: false,
    })),
    NavigationProperties: set.navigation.map((each) => ({ Name: each.name, RelatedEntity: each.target, Cardinality: each.many ? 'Multiple' : 'Single' })), PropertyGroups: [], Actions: [],
  };
}

function enumeration([name, members]: readonly [string, readonly string[]]): Record<string, unknown> {
  return { Name: name, LabelText: name, Members: members.map((member, index) => ({ Name: member, Value: index, LabelText: member, ConfigurationEnabled: true })) };
}

/**
 * `/Metadata/DataEntities`, `/Metadata/PublicEntities`, `/Metadata/PublicEnumerations`: what this tenant has, as JSON (reference 3.1). One of them by
 * its name in brackets.
 * @throws ODataError
 */
export function answerMetadata(environment: Environment, call: Call): Answer {
  const path = decodeURIComponent(call.path.slice(METADATA_PATH.length + 1));
  const [, collection = '', name] = /^(\w+)(?:\('([^']+)'\))?$/.exec(path) ?? [];
  const offered = offeredSets(environment.settings);
  const lists: Readonly<Record<string, () => Record<string, unknown>[]>> = {
    dataentities: () => offered.map(dataEntity), publicentities: () => offered.map(publicEntity), publicenumerations: () => Object.entries(ENUMS).map(enumeration),
  };
  const rows = lists[collection.toLowerCase()]?.();
  if (rows === undefined || call.method !== 'GET') throw notFound(`${call.origin}${call.path}`);
  const context = `${call.origin}/Metadata/$metadata#${collection}`;
  if (name === undefined) return json(200, { '@odata.context': context, value: rows });
  const found = rows.find((row) => row['Name'] === name);
  if (found === undefined) throw notFound(`${call.origin}${call.path}`);
  return json(200, { '@odata.context': `${context}/$entity`, ...found });
}

const XML_TYPE = { 'content-type': 'application/xml' };

/** `/data/$metadata`: the same as EDMX. The real one is tens of MB; this one holds what is simulated. */
export function answerEdmx(environment: Environment): Answer {
  const enums = Object.entries(ENUMS).map(([name, members]) => `<EnumType Name="${name}">${members.map((member, index) => `<Member Name="${member}" Value="${index}"/>`).join('')}</EnumType>`);
  const sets = offeredSets(environment.settings);
  const types = sets.map((set) => `<EntityType Name="${set.publicName}"><Key>${set.key.map((name) => `<PropertyRef Name="${name}"/>`).join('')}</Key>${set.columns.map((column) => `<Property Name="${column.name}" Type="${edmType(column)}"/>`).join('')}</EntityType>`);
  const container = sets.map((set) => `<EntitySet Name="${set.collection}" EntityType="${ENUM_NAMESPACE}.${set.publicName}"/>`);
  return {
    status: 200, headers: XML_TYPE,
    body: `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="${ENUM_NAMESPACE}" xmlns="http://docs.oasis-open.org/odata/ns/edm">${enums.join('')}${types.join('')}<EntityContainer Name="Resources">${container.join('')}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`,
  };
}
