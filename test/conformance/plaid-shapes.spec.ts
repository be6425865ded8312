import { Ajv, type ValidateFunction } from 'ajv';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { plaid } from '#connectors/plaid';
import { PlaidHarness, RawJson, type SeenCall } from '../../connectors/plaid/src/testing/index.js';

/**
 * Plaid's own OpenAPI description, kept outside the repository because no licence is declared for it: `plaid/` in the folder that
 * TRIBUTARY_SPECS names, else beside the repository where the sample files are.
 */
const FOLDER = join(process.env['TRIBUTARY_SPECS'] ?? resolve(process.cwd(), '..', 'shared', 'specs'), 'plaid');
const FILE = existsSync(FOLDER) ? readdirSync(FOLDER).find((name) => /openapi.*\.ya?ml$/.test(name)) : undefined;
const why = FILE === undefined ? `no OpenAPI description of Plaid at ${FOLDER}: requests and answers were not checked against it in this run (set TRIBUTARY_SPECS)` : null;
const READING_MS_MAX = 120_000;

type Schema = Record<string, unknown>;
interface Description {
  paths: Record<string, { post: { requestBody: { content: { 'application/json': { schema: Schema } } }; responses: Record<string, { content: { 'application/json': { schema: Schema } } }> } }>;
  components: { schemas: Record<string, Schema & { properties?: Record<string, unknown> }> };
}

/** OpenAPI 3.0 as JSON Schema: `nullable` is a type of its own there, and bounds are numbers. */
function asJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asJsonSchema);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, exclusiveMinimum: _, exclusiveMaximum: __, example: ___, ...rest } = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, asJsonSchema(value)])) as Schema;
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest;
}

(why === null ? describe : describe.skip)(`Plaid's own description${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const harness = new PlaidHarness();
  let description: Description;
  let ajv: Ajv;

  beforeAll(async () => {
    await harness.start();
    if (FILE === undefined) return;
    description = asJsonSchema(parse(readFileSync(join(FOLDER, FILE), 'utf8'))) as Description;
    ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true }).addSchema(description, 'plaid');
    await speak(harness);
  }, READING_MS_MAX);
  afterAll(() => harness.stop());

  const pathOf = (path: string): string => path.replaceAll('~', '~0').replaceAll('/', '~1');
  const requestOf = (path: string): ValidateFunction => ajv.compile({ $ref: `plaid#/paths/${pathOf(path)}/post/requestBody/content/application~1json/schema` });
  const answerOf = ({ path, status }: SeenCall): ValidateFunction => ajv.compile({
    $ref: status === 200 ? `plaid#/paths/${pathOf(path)}/post/responses/200/content/application~1json/schema` : 'plaid#/components/schemas/PlaidError',
  });

  it('knows every call this connector makes', () => {
    expect([...new Set(harness.fake.calls.map(({ path }) => path))].toSorted()).toEqual([
      '/accounts/get', '/item/get', '/item/public_token/exchange', '/item/webhook/update', '/link/token/create', '/transactions/sync', '/webhook_verification_key/get',
    ]);
  });

  it('takes every request, and names every field of it: Plaid refuses unknown ones', () => {
    const problems = harness.fake.calls.flatMap(({ path, body }) => {
      const validate = requestOf(path);
      const reference = String(description.paths[path]?.post.requestBody.content['application/json'].schema['$ref']);
      const fields = Object.keys(description.components.schemas[reference.split('/').at(-1) ?? '']?.properties ?? {});
      const unknown = Object.keys(body).filter((field) => !fields.includes(field)).map((field) => `${path}: ${field} is not a field`);
      return [...unknown, ...(validate(body) ? [] : [`${path}: ${ajv.errorsText(validate.errors)}`])];
    });
    expect(problems).toEqual([]);
  });

  it('has every answer the connector was proven on, refusals too', () => {
    const problems = harness.fake.calls.flatMap((call) => {
      const validate = answerOf(call);
      const answer = call.answer instanceof RawJson ? JSON.parse(call.answer.text) as unknown : call.answer;
      return validate(answer) ? [] : [`${call.path} ${call.status}: ${ajv.errorsText(validate.errors)}`];
    });
    expect(problems).toEqual([]);
  });

  it('refuses what is wrong, so that the checks above mean something', () => {
    expect(requestOf('/transactions/sync')({ count: 501, access_token: 'a' })).toBe(false);
    expect(requestOf('/item/get')({})).toBe(false);
  });
});

/** Every call of this connector at least once, in its forms, and a refusal. */
async function speak(harness: PlaidHarness): Promise<void> {
  const { fake, feed } = harness;
  await plaid.probe(harness.context());
  await plaid.probe(harness.context({ credentials: 'limited' }));
  const [first, second] = await feed.book([1, 2, 3, 4, 5].map((amount) => ({ amount: `${amount}.25`, currency: amount === 5 ? null : 'USD', bookedOn: '2026-03-02' as never, memo: `ROW ${amount}`, pending: amount < 3 })));
  await feed.change(first ?? '', '9.99');
  await feed.settle(second ?? '', true);
  let from = null;
  for await (const page of plaid.bankFeed.update(harness.context(), null)) from = page.checkpoint;
  for await (const page of plaid.bankFeed.update(harness.context(), from)) from = page.checkpoint;
  await plaid.bankFeed.accounts(harness.context());
  const link = { update: false, webhookUrl: 'https://hub.example/v1/webhooks/1', userReference: 'tributary-1' };
  await plaid.link?.start(harness.context(), link);
  await plaid.link?.start(harness.context(), { ...link, update: true, webhookUrl: null });
  fake.publicTokens.set('public-1', [...fake.items.keys()][0] ?? '');
  await plaid.link?.finish(harness.context(), 'public-1');
  await plaid.webhook.subscribe?.(harness.context(), link.webhookUrl);
  await plaid.webhook.receive(harness.context(), harness.webhook.signed());
  await plaid.probe(harness.context({ credentials: 'bad' })).catch(() => undefined);
}
