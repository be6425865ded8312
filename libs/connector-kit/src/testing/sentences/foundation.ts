import { inspect } from 'node:util';
import { ENTITY_NAMES, OPERATIONS, type OperationName } from '#canonical';
import { isOffered, type AnyConnector } from '../../index.js';
import { ANSWER_MS_MAX, errorOf, failureOfKind, holds, holdsSameSet, within } from '../broken.js';
import type { ConnectorHarness } from '../harness.js';
import { takeAll, takeUpdate } from '../pages.js';
import { ofConnector, type Sentence } from '../sentence.js';

/** Longest a processing time may be declared before it is taken for a mistake in the unit: one day. */
const PROCESSING_MS_MAX = 86_400_000;
const CONCURRENCY_MAX = 1_000;

export const FOUNDATION: readonly Sentence[] = [
  ofConnector(1, 'has exactly the operations it declares, and a reason for each it does not offer', { check: declaresWhatItHas }),
  ofConnector(2, 'the probe accepts good credentials, names every missing permission and writes nothing', { check: probesHonestly }),
  ofConnector(3, 'bad credentials are `auth`, and no secret appears in an error, its cause or the log', { check: keepsSecrets }),
  ofConnector(47, 'settings of the wrong shape are refused in sentences, good ones pass', { check: checksSettings }),
];

async function declaresWhatItHas(harness: ConnectorHarness): Promise<void> {
  const { connector, writes, webhook } = harness;
  holds(/^[a-z][a-z0-9-]{1,39}$/.test(connector.id), `the id "${connector.id}" must be 2 to 40 of a-z 0-9 -, beginning with a letter`);
  holds(connector.title.trim() !== '', 'the title is empty');
  const { capabilities } = connector;
  holdsSameSet('readers against declared reads', Object.keys(connector.read), Object.keys(capabilities.read));
  for (const entity of ENTITY_NAMES) {
    const read = capabilities.read[entity];
    if (read === undefined) continue;
    holds(Number.isInteger(read.pageSizeMax) && read.pageSizeMax > 0, `${entity}: pageSizeMax must be a positive whole number`);
    holds(read.deletions !== 'ids' || connector.read[entity]?.ids !== undefined, `${entity} declares deletions by ids and cannot list its ids`);
  }
  holdsSameSet('answered operations', Object.keys(capabilities.operations), OPERATIONS);
  for (const operation of OPERATIONS) declaresOperation(connector, operation);
  const offers = (ways: readonly string[]): boolean => OPERATIONS.some((operation) => ways.includes(capabilities.operations[operation].by));
  holds(offers(['native', 'steps']) === (connector.write !== undefined), 'operations by call are declared exactly when there is a write door');
  holds(offers(['file']) === (connector.fileDoor !== undefined), 'operations by file are declared exactly when there is a file door');
  holds((connector.write !== undefined) === (writes !== undefined), 'the harness must bring writes exactly when there is a write door');
  holds((connector.fileDoor !== undefined) === (harness.files !== undefined), 'the harness must bring files exactly when there is a file door');
  holds((capabilities.bankFeed === 'cursor') === (connector.bankFeed !== undefined), 'a bank feed is declared exactly when there is one');
  holds((connector.bankFeed !== undefined) === (harness.feed !== undefined), 'the harness must bring a feed exactly when there is a bank feed');
  holds((capabilities.inbox === 'files') === (connector.inbox !== undefined), 'an inbox is declared exactly when there is one');
  if (connector.write !== undefined) {
    const concurrency = connector.write.concurrency(harness.context());
    holds(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= CONCURRENCY_MAX, `concurrency ${concurrency} is not a whole number from 1 to ${CONCURRENCY_MAX}`);
    holds(connector.write.sendTimeoutMs(harness.context()) > 0, 'sendTimeoutMs must be positive');
  }
  const wakes = capabilities.webhooks === 'wakeOnly';
  holds(wakes === (connector.webhook !== undefined) && wakes === (webhook !== undefined), 'a webhook is declared, handled and brought by the harness together or not at all');
}

function declaresOperation(connector: AnyConnector, operation: OperationName): void {
  const capability = connector.capabilities.operations[operation];
  if (isOffered(capability)) {
    const { processingMsMax } = capability;
    holds(Number.isInteger(processingMsMax) && processingMsMax >= 0 && processingMsMax <= PROCESSING_MS_MAX, `${operation}: processingMsMax ${processingMsMax} is not from 0 to ${PROCESSING_MS_MAX}`);
  } else {
    holds(capability.because.trim().length >= 10, `${operation} is not offered and does not say why`);
  }
}

async function probesHonestly(harness: ConnectorHarness): Promise<void> {
  const { connector } = harness;
  const good = await within(ANSWER_MS_MAX, 'the probe', connector.probe(harness.context()));
  holds(good.missing.length === 0, `good credentials miss: ${good.missing.join('; ')}`);
  holds(isTimeZone(good.timeZone), `"${good.timeZone}" is no IANA time zone`);
  holds(!Number.isNaN(Date.parse(good.at)), `probe time "${good.at}" is no instant`);
  for (const entity of Object.keys(good.capabilities.read)) {
    holds(entity in connector.capabilities.read, `the probe finds ${entity}, which the connector does not declare`);
  }
  for (const operation of OPERATIONS) {
    holds(!isOffered(good.capabilities.operations[operation]) || isOffered(connector.capabilities.operations[operation]), `the probe finds ${operation}, which the connector does not declare`);
  }
  const limited = await within(ANSWER_MS_MAX, 'the probe', connector.probe(harness.context({ credentials: 'limited' })));
  holds(limited.missing.length > 0, 'limited credentials are called complete');
  holds(limited.missing.every((sentence) => sentence.trim().split(/\s+/).length >= 4), `what is missing must be a sentence that says what to do: ${limited.missing.join('; ')}`);
  const written = await harness.writtenCount();
  holds(written === 0, `the probe wrote ${written} documents`);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

async function keepsSecrets(harness: ConnectorHarness): Promise<void> {
  holds(harness.secrets.length > 0 && harness.secrets.every((secret) => secret.length >= 6), 'the harness must name its secrets, six characters or more each');
  for (const [what, attempt] of await attemptsWithBadCredentials(harness)) {
    const error = await errorOf(what, attempt);
    holdsNoSecret(harness, `the error of ${what}`, textsOf(error));
    await failureOfKind('auth', what, attempt);
  }
  holdsNoSecret(harness, 'the log', harness.logged());
}

/** Every way in: the probe, each reader, and sending a step planned with good credentials. */
async function attemptsWithBadCredentials(harness: ConnectorHarness): Promise<readonly (readonly [string, () => Promise<unknown>])[]> {
  const { connector, writes } = harness;
  const bad = () => harness.context({ credentials: 'bad' });
  const reads = ENTITY_NAMES.flatMap((entity) => {
    const reader = connector.read[entity];
    return reader === undefined ? [] : [[`reading ${entity} with bad credentials`, () => takeAll(entity, reader.changes(bad(), null))] as const];
  });
  const { bankFeed } = connector;
  const feed = bankFeed === undefined ? [] : [
    ['listing accounts with bad credentials', () => bankFeed.accounts(bad())] as const,
    ['updating the bank feed with bad credentials', () => takeUpdate(bankFeed, bad(), null)] as const,
  ];
  const attempts = [['probing with bad credentials', () => connector.probe(bad())] as const, ...reads, ...feed];
  if (connector.write === undefined || writes === undefined || !isOffered(connector.capabilities.operations.post)) return attempts;
  const { write } = connector;
  const plan = write.plan(await writes.intent('inFull'), writes.tools(await connector.probe(harness.context())));
  holds('steps' in plan, 'a plain payment in full cannot be planned');
  return [...attempts, ['sending with bad credentials', () => write.send(bad(), plan.steps[0], { deadlineMs: write.sendTimeoutMs(harness.context()), attempt: 1 })] as const];
}

/** Everything a logger could print of an error: message, stack, own properties at any depth, and the same of its causes. */
function textsOf(error: unknown): readonly string[] {
  return [String(error), inspect(error, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null })];
}

function holdsNoSecret(harness: ConnectorHarness, where: string, texts: readonly string[]): void {
  harness.secrets.forEach((secret, index) => {
    holds(!texts.some((text) => text.includes(secret)), `secret ${index + 1} of ${harness.secrets.length} appears in ${where}`);
  });
}

async function checksSettings(harness: ConnectorHarness): Promise<void> {
  const { connector } = harness;
  const good = harness.context();
  const problems = connector.settings(good.config, good.secrets);
  holds(problems.length === 0, `the settings in use are refused: ${problems.join('; ')}`);
  for (const wrong of [null, 'text', [], { nonsense: true }]) {
    holds(connector.settings(wrong, wrong).length > 0, `settings ${JSON.stringify(wrong)} are accepted`);
  }
}
