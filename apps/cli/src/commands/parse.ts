import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { type CurrencyCode, DOCUMENT_FORMATS, type DocumentFormat, formatMoney, isCurrencyCode, sumMoney } from '#canonical';
import { CollectingSink, parseOutput, readDocument, type ReadDocument } from '#documents';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import { findingTable } from '../finding-table.js';

interface ParseOptions {
  readonly json?: boolean;
  readonly format?: string;
  readonly account?: string;
  readonly currency?: string;
}

/** Reads a file here, without a hub: what a bank or a customer sent, as the hub would understand it. */
export function parseCommand(): Command {
  return new Command('parse')
    .description('read any bank or remittance file and print what is understood; needs no hub')
    .argument('<file>', 'recognised by its content')
    .option('--format <format>', `skip recognition: ${DOCUMENT_FORMATS.join(', ')}`)
    .option('--account <number>', 'own account of a file that does not name it')
    .option('--currency <code>', 'currency of a file that does not name it')
    .option('--json', 'one JSON document on stdout, for programs')
    .addHelpText('after', '\nExit codes: 0 the file was read, with or without findings; 2 it was refused.')
    .action(async (path: string, _own: ParseOptions, command: Command) => {
      const options = command.optsWithGlobals<ParseOptions>();
      const document = await readFileAt(path, options);
      process.stdout.write(`${options.json === true ? JSON.stringify(parseOutput(document), null, 2) : textOf(document)}\n`);
      process.exitCode = document.refused === null ? EXIT.done : EXIT.usage;
    });
}

async function readFileAt(path: string, { format, account, currency }: ParseOptions): Promise<ReadDocument> {
  if (format !== undefined && !isDocumentFormat(format)) throw usage(`--format ${format}: one of ${DOCUMENT_FORMATS.join(', ')}`);
  if (currency !== undefined && !isCurrencyCode(currency)) throw usage(`--currency ${currency}: an ISO 4217 code, such as EUR`);
  const sink = new CollectingSink();
  const known = { name: basename(path), ...(format === undefined ? {} : { format }), ...(account === undefined ? {} : { account }), ...(currency === undefined ? {} : { currency: currency satisfies CurrencyCode }) };
  const end = await readDocument(createReadStream(path), sink, known).catch((error: unknown) => {
    if (error instanceof Error && 'syscall' in error) throw usage(`cannot read ${path}: ${error.message}`);
    throw error;
  });
  const { statements, remittances, entries, findings } = sink;
  return end.refused === null ? { ...end, statements, remittances, entries, findings } : { ...end, statements: [], remittances: [], entries: [], findings };
}

function isDocumentFormat(text: string): text is DocumentFormat {
  return (DOCUMENT_FORMATS as readonly string[]).includes(text);
}

function textOf({ format, version, refused, statements, remittances, entries, findings }: ReadDocument): string {
  const title = `${format}${version === null ? '' : ` ${version}`}`;
  if (refused !== null) return [`${title}: refused: ${refused.problem}`, ...findingTable(findings)].join('\n');
  const parts = [
    ...statements.map(({ account, currency, asOf, transactions, status }) => {
      const total = formatMoney(sumMoney(transactions.map(({ amount }) => amount), currency));
      return `statement of ${account === '' ? 'an account the file does not name' : account} as of ${asOf}${status === 'add' ? '' : ` (${status})`}: ${transactions.length} transactions, together ${total} ${currency}`;
    }),
    ...remittances.map(({ payer, reference, total, currency, lines, sums }) => {
      const gap = sums.difference === null || sums.difference.minor === 0n ? '' : `, out of balance by ${formatMoney(sums.difference)}`;
      return `remittance ${reference ?? 'without a reference'} of ${payer.name ?? payer.id ?? 'a payer it does not name'}: ${lines.length} lines, ${total === null ? 'no total' : `${formatMoney(total)} ${currency}`}${gap}`;
    }),
    ...entries.map(({ kind, code, title: meaning, amount, trace }) => `${kind} ${code}${meaning === null ? '' : ` (${meaning})`} of ${formatMoney(amount)} ${amount.currency}, trace ${trace}`),
  ];
  return [title, ...(parts.length === 0 ? ['nothing in it could be taken'] : parts), ...findingTable(findings)].join('\n');
}
