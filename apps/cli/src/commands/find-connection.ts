import { usage } from '../cli-error.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';

export type Connection = components['schemas']['ConnectionBody'];

const NAMED_IN_PROBLEM_MAX = 50;

/** A connection by its name or its id. @throws CliError listing what there is */
export async function findConnection(hub: HubClient, given: string): Promise<Connection> {
  const { items: [named] } = await answerOf(hub.GET('/v1/connections', { params: { query: { name: given } } }));
  if (named !== undefined) return named;
  const { data } = /^\d{1,18}$/.test(given) ? await hub.GET('/v1/connections/{id}', { params: { path: { id: given } } }) : { data: undefined };
  if (data !== undefined) return data;
  const { items, nextCursor } = await answerOf(hub.GET('/v1/connections', { params: { query: { limit: NAMED_IN_PROBLEM_MAX } } }));
  const known = items.map(({ id, name }) => `${name} (${id})`).join(', ');
  throw usage(`there is no connection "${given}"; there are ${known === '' ? 'none: make one with `tributary connect`' : `${known}${nextCursor === null ? '' : ', …'}`}`);
}
