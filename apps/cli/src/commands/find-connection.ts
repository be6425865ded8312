import { usage } from '../cli-error.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';

export type Connection = components['schemas']['ConnectionBody'];

/** A connection by its id or its name. @throws CliError listing what there is */
export async function findConnection(hub: HubClient, given: string): Promise<Connection> {
  const { items } = await answerOf(hub.GET('/v1/connections'));
  const found = items.find((connection) => connection.name === given) ?? items.find((connection) => connection.id === given);
  if (found === undefined) throw usage(`there is no connection "${given}"; there are ${items.map(({ id, name }) => `${name} (${id})`).join(', ') || 'none: make one with `tributary connect`'}`);
  return found;
}
