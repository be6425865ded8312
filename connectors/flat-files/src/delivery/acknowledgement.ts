import { ConnectorError, type Acknowledgement, type FileAnswer, type Layout, type RenderedFile } from '#connector-kit';
import type { AcknowledgementSettings } from '../flat-file-settings.js';
import type { Intake } from '../intake/intake.js';

/** The name pattern of the answers to one file. Our names hold neither `*` nor `?`. */
export function answerPattern({ pattern }: AcknowledgementSettings, { name }: RenderedFile): string {
  const dot = name.lastIndexOf('.');
  return pattern.replaceAll('{name}', name).replaceAll('{stem}', dot > 0 ? name.slice(0, dot) : name);
}

/**
 * All answers so far, later files over earlier ones; null while there is none.
 * @throws ConnectorError `invalid` for an answer that cannot be understood: guessing an outcome would book twice or never.
 */
export async function readAcknowledgement(intake: Intake, layout: Layout, settings: AcknowledgementSettings): Promise<Acknowledgement | null> {
  const answers = new Map<string, FileAnswer>();
  const sources: string[] = [];
  for (const file of await intake.waiting()) {
    let whole = false;
    for await (const part of layout.read(intake.open(file))) {
      if (part.kind === 'problem') throw notUnderstood(file.path, part.line, part.value, part.problem);
      if (part.kind === 'end') whole = true;
      else if (part.record === settings.record) {
        const [key, answer] = answerOf(part.fields, settings, (value, problem) => notUnderstood(file.path, part.line, value, problem));
        answers.set(key, answer);
      }
    }
    if (!whole) throw notUnderstood(file.path, 0, '', 'it ends before its end');
    sources.push(file.name);
  }
  return sources.length === 0 ? null : { source: sources.join(', '), answers };
}

type Fields = Readonly<Record<string, string>>;

function answerOf(fields: Fields, settings: AcknowledgementSettings, problem: (value: string, text: string) => ConnectorError): readonly [string, FileAnswer] {
  const key = fields[settings.keyField]?.trim() ?? '';
  if (key === '') throw problem('', `"${settings.keyField}" is empty, so nobody knows which posting is meant`);
  const status = fields[settings.statusField]?.trim() ?? '';
  const means = (words: readonly string[]): boolean => words.some((word) => word.toLowerCase() === status.toLowerCase());
  if (means(settings.refused)) {
    const reason = fields[settings.reasonField]?.trim() ?? '';
    return [key, { state: 'refused', problem: reason === '' ? `the target says "${status}" and gives no reason` : reason }];
  }
  if (!means(settings.booked)) throw problem(status, `"${settings.statusField}" is neither a word for booked nor one for refused; name it in outbound.acknowledgements`);
  const externalId = fields[settings.externalIdField]?.trim() ?? '';
  const echoes = Object.entries(settings.echoes).flatMap(([field, from]) => {
    const value = fields[from]?.trim() ?? '';
    return value === '' ? [] : [[field, value] as const];
  });
  // A target that books without telling its number is known by our key.
  return [key, { state: 'booked', externalId: externalId === '' ? key : externalId, fields: Object.fromEntries(echoes), applications: null }];
}

function notUnderstood(path: string, line: number, value: string, problem: string): ConnectorError {
  return new ConnectorError(`${path}, line ${line}: ${problem}`, { kind: 'invalid', issues: [{ path: `${path}:${line}`, value, problem }] });
}
