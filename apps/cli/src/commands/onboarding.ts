import { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { formatTable } from '../table.js';
import { findConnection } from './find-connection.js';

type Body<Name extends keyof components['schemas']> = components['schemas'][Name];
type EntityName = Body<'TestReadRequestBody'>['entity'];

/** Exactly what an engineer wants to know before writing an overlay: which fields of their own this account has. */
export function discoverCommand(): Command {
  return commonOptions(new Command('discover'))
    .description('list the fields an account has beyond the standard ones')
    .argument('<connection>', 'name or id')
    .action(async (given: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id, name } = await findConnection(hub, given);
        const found = await answerOf(hub.GET('/v1/connections/{id}/fields', { params: { path: { id } } }));
        if (!found.offered) return { document: found, text: `${name} cannot be asked for its fields; see what it sends with: tributary test-read ${name} invoice` };
        return {
          document: found,
          text: formatTable<Body<'DiscoveredFieldBody'>>([
            { title: 'ENTITY', text: ({ entity }) => entity }, { title: 'FIELD', text: (field) => field.name }, { title: 'LABEL', text: ({ label }) => label }, { title: 'TYPE', text: ({ type }) => type },
          ], found.items),
        };
      });
    });
}

export function testReadCommand(): Command {
  return commonOptions(new Command('test-read'))
    .description('read one page and see the calls, the records and what their fields look like; nothing is stored')
    .argument('<connection>', 'name or id')
    .argument('<entity>', 'company, ledgerAccount, customer, contact, invoice, creditMemo or payment')
    .action(async (given: string, entity: EntityName, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const read = await answerOf(hub.POST('/v1/connections/{id}/test-read', { params: { path: { id } }, body: { entity } }));
        return { document: read, text: readText(read), exitCode: read.problem === null ? EXIT.done : EXIT.badNews };
      });
    });
}

function readText({ calls, fields, pageRecords, problem }: Body<'TestReadBody'>): string {
  const told = calls.flatMap(({ method, url, status, durationMs, request, response }) => [
    `${method} ${url} -> ${status === 0 ? 'no answer' : status} in ${durationMs} ms`, ...(request === '' ? [] : [`  > ${request}`]), ...(response === '' ? [] : [`  < ${response}`]),
  ]);
  const table = formatTable<Body<'InferredFieldBody'>>([
    { title: 'FIELD', text: ({ path }) => path }, { title: 'LOOKS LIKE', text: ({ kinds }) => kinds.join(', ') }, { title: 'IN', text: ({ present }) => `${present} of ${pageRecords}` },
    { title: 'EXAMPLE', text: ({ example }) => example },
  ], fields);
  return [...told, problem === null ? `${pageRecords} records on the page` : `the read failed: ${problem}`, ...(fields.length === 0 ? [] : [table])].join('\n');
}
