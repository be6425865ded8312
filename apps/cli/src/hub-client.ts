import createClient, { type Client } from 'openapi-fetch';
import { CliError, type Problem } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import type { paths } from './generated/api.js';
import type { HubAddress } from './hub-address.js';

export type HubClient = Client<paths>;

/** The hub's API with the types its description gives. */
export function openHub({ url, apiKey }: HubAddress): HubClient {
  return createClient<paths>({ baseUrl: url.replace(/\/+$/, ''), headers: { authorization: `Bearer ${apiKey}` }, fetch: (request) => reach(request) });
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CliError({ type: '/problems/no-hub', title: 'No hub', detail: `nothing answers at ${new URL(request.url).origin} (${cause}): is the hub running there? \`npm start\` starts one` }, EXIT.noHub);
  }
}

/** The answer's body. @throws CliError with the hub's own problem when it refused. */
export async function answerOf<T>(answering: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answering;
  if (response.ok && data !== undefined) return data;
  throw new CliError(problemOf(error, response), exitCodeOf(response.status));
}

function exitCodeOf(status: number): CliError['exitCode'] {
  if (status === 401) return EXIT.noHub;
  return status >= 500 && status !== 502 ? EXIT.broken : EXIT.refused;
}

/** What answers may be a proxy that knows nothing of problems. */
function problemOf(error: unknown, response: Response): Problem {
  if (typeof error === 'object' && error !== null && 'detail' in error && 'title' in error) return error as Problem;
  return { type: '/problems/http', title: 'The hub answered strangely', status: response.status, detail: `${response.url} answered ${response.status} ${response.statusText} without a problem in JSON: is this a Tributary hub?` };
}
