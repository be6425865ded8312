import type { DocumentReader, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { type XmlAttributes, XmlElement, XmlError, type XmlHandler, XmlScanner, XmlTreeBuilder } from '../xml/index.js';
import { placeOf } from './camt-values.js';
import { type CamtFormat, type CamtNamespace, MESSAGES, namespaceOf, recogniseCamt } from './camt-version.js';
import { type Level, standingOf } from './elements.js';
import { EntryReader } from './entry-reader.js';
import { CAMT_BYTES_MAX } from './limits.js';
import { pagesFollow, type StatementPages, StatementReader } from './statement-reader.js';

/** ISO 20022 camt.052, 053 and 054, versions 01 to 13. */
export const CAMT_READER: DocumentReader = {
  formats: ['camt.052', 'camt.053', 'camt.054'],
  bytesMax: CAMT_BYTES_MAX,
  recognise: ({ text }) => recogniseCamt(text),
  open: (format, sink, options) => new CamtDocument(format as CamtFormat, sink, options),
};

class CamtDocument implements OpenDocument {
  readonly #findings = new FindingList();
  readonly #handler: CamtHandler;
  readonly #scanner: XmlScanner;
  #problem: XmlError | null = null;

  constructor(format: CamtFormat, private readonly sink: DocumentSink, options: ReadOptions) {
    this.#handler = new CamtHandler(format, sink, options, this.#findings);
    this.#scanner = new XmlScanner(this.#handler);
    this.#handler.scanner = this.#scanner;
  }

  push(bytes: Uint8Array): void {
    if (this.#problem === null) this.#attempt(() => { this.#scanner.push(bytes); });
  }

  end(): ReadEnd {
    if (this.#problem === null) this.#attempt(() => { this.#scanner.end(); });
    if (this.#scanner.damaged) this.#findings.warning(whereAt(1, 1, null), '', 'some bytes are not of the encoding the file names, or characters are not allowed in XML; they were read as windows-1252 or replaced by U+FFFD');
    const { version } = this.#handler;
    const problem = this.#problem ?? (this.#handler.messageSeen ? null : new XmlError('the file holds no BkToCstmrAcctRpt, BkToCstmrStmt or BkToCstmrDbtCdtNtfctn: it is no camt.052, 053 or 054', 1, 1));
    if (problem === null) this.#handler.finish();
    for (const finding of this.#findings.all()) this.sink.finding(finding);
    return { version, refused: problem === null ? null : { problem: problem.message, where: whereAt(problem.line, problem.column, this.#handler.path) }, layout: null };
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.#problem = error;
    }
  }
}

const ABOVE: Readonly<Record<Level, Level | 'outside'>> = { message: 'outside', statement: 'message', entry: 'statement', details: 'entry' };
const PATHS: Readonly<Record<Level | 'outside', string | null>> = { outside: null, message: 'Document', statement: 'Stmt', entry: 'Ntry', details: 'Ntry/NtryDtls' };

/** Knows where in a message the scanner is. Elements of no interest are passed over with all that is in them. */
class CamtHandler implements XmlHandler {
  scanner: { readonly line: number; readonly column: number } = { line: 1, column: 1 };
  messageSeen = false;
  #level: Level | 'outside' = 'outside';
  #passedOver = 0;
  #tree: XmlTreeBuilder | null = null;
  #namespace: CamtNamespace | null = null;
  #statementName = '';
  #status: 'add' | 'interim' = 'add';
  #statement: StatementReader | null = null;
  #entry: EntryReader | null = null;
  #pages: StatementPages | null = null;

  constructor(private readonly format: CamtFormat, private readonly sink: DocumentSink, private readonly options: ReadOptions, private readonly findings: FindingList) {}

  get version(): string | null {
    return this.#namespace?.version ?? null;
  }

  get path(): string | null {
    return PATHS[this.#level];
  }

  /** What is still open when the file ends. */
  finish(): void {
    if (this.#pages === null) return;
    this.findings.warning(whereAt(this.scanner.line, this.scanner.column, this.#statementName), this.#pages.key.split('\n').join(' '), 'the last page of this statement (LastPgInd) is not in the file: its balances could not be checked');
  }

  start(name: string, attributes: XmlAttributes): void {
    if (this.#tree !== null) return this.#tree.start(name, attributes, this.scanner.line, this.scanner.column);
    if (this.#passedOver > 0) {
      this.#passedOver += 1;
      return;
    }
    if (this.#level === 'outside') return this.#startOutside(name, attributes);
    if (this.#level === 'message' && name === this.#statementName) return this.#startStatement(name, attributes);
    if (this.#level === 'statement' && name === 'Ntry') {
      this.#level = 'entry';
      this.#entry = new EntryReader(new XmlElement(name, attributes, this.scanner.line, this.scanner.column), this.findings);
      return;
    }
    if (this.#level === 'entry' && name === 'NtryDtls') {
      this.#level = 'details';
      return;
    }
    const standing = standingOf(this.#level, name);
    if (standing !== 'read') return this.#passOver(name, standing);
    this.#tree = new XmlTreeBuilder();
    this.#tree.start(name, attributes, this.scanner.line, this.scanner.column);
  }

  text(text: string): void {
    this.#tree?.text(text);
  }

  end(): void {
    if (this.#tree !== null) {
      const element = this.#tree.end();
      if (element === null) return;
      this.#tree = null;
      this.#take(element);
    } else if (this.#passedOver > 0) this.#passedOver -= 1;
    else if (this.#level !== 'outside') this.#leave(this.#level);
  }

  #passOver(name: string, standing: 'passedOver' | 'unknown' | 'misplaced'): void {
    this.#passedOver = 1;
    const where = whereAt(this.scanner.line, this.scanner.column, `${this.path ?? ''}/${name}`);
    if (standing === 'unknown') this.findings.warning(where, name, 'camt has no such element here; it was passed over with all that is in it');
    if (standing === 'misplaced') this.findings.error(where, name, 'this element does not belong here; what is in it was not taken');
  }

  /** Envelopes around the message are gone through: its element counts. */
  #startOutside(name: string, attributes: XmlAttributes): void {
    this.#namespace = namespaceOf(attributes) ?? this.#namespace;
    const message = MESSAGES.get(name.replace(/V\d\d$/, ''));
    if (message === undefined) return;
    this.#level = 'message';
    this.messageSeen = true;
    this.#statementName = message.statement;
    this.#status = message.format === 'camt.053' ? 'add' : 'interim';
    const where = whereAt(this.scanner.line, this.scanner.column, name);
    if (this.#namespace === null) this.findings.warning(where, name, 'no element names the namespace of a camt version; the file was read by its elements');
    else if (this.#namespace.unknown) this.findings.warning(where, this.#namespace.version, `version ${this.#namespace.version} is newer than what is known; it was read as the newest known`);
    else if (this.#namespace.format !== message.format) this.findings.warning(where, this.#namespace.format, `the namespace is that of ${this.#namespace.format}, the message that of ${message.format}; it was read as the message says`);
    if (message.format !== this.format) this.findings.warning(where, name, `the file was taken for ${this.format} and holds ${message.format}`);
  }

  #startStatement(name: string, attributes: XmlAttributes): void {
    this.#level = 'statement';
    this.#statement = new StatementReader(new XmlElement(name, attributes, this.scanner.line, this.scanner.column), this.#status, this.sink, this.options, this.findings);
  }

  #take(element: XmlElement): void {
    if (this.#level === 'statement') this.#statement?.add(element);
    else if (this.#level === 'entry') this.#entry?.add(element);
    else if (this.#level === 'details') this.#entry?.addDetail(element);
    else if (pagesFollow(element.at('MsgPgntn'))) this.findings.warning(placeOf(element, 'GrpHdr/MsgPgntn'), element.textAt('MsgPgntn', 'PgNb') ?? '', 'this is not the last page of the message: more files belong to it');
  }

  #leave(level: Level): void {
    if (level === 'entry' && this.#entry !== null) {
      this.#statement?.entry(this.#entry);
      this.#entry = null;
    }
    if (level === 'statement') {
      this.#pages = this.#statement?.finish(this.#pages) ?? null;
      this.#statement = null;
    }
    this.#level = ABOVE[level];
  }
}
