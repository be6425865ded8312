import type { LineageRow, MappingProblem } from '#mapping';
import { IntegerField, OR_NULL, TextField } from './fields.js';

/** Where one canonical value comes from. */
export class LineageRowBody {
  @TextField('Canonical field: `lines[1].amount`')
  field!: string;

  @TextField('Path in the source\'s record; `(constant)` for a constant; several are joined by a comma')
  from!: string;

  @TextField('The transform')
  via!: string;

  @TextField('The canonical value as text', OR_NULL)
  value!: string | null;

  @TextField('What is wrong with it; null when it is sound', OR_NULL)
  problem!: string | null;

  @TextField('The mapping file, or the connection\'s overlay')
  file!: string;

  @IntegerField('Line of the rule, from 1')
  line!: number;
}

/** One value of one record that the mapping could not take. */
export class MappingProblemBody {
  @TextField('The mapping file, or the connection\'s overlay')
  file!: string;

  @IntegerField('Line of the rule, from 1')
  line!: number;

  @TextField('Canonical field: `issuedOn`, `lines[1].amount`')
  field!: string;

  @TextField('Path in the source\'s record')
  from!: string;

  @TextField('The source\'s value as JSON, shortened; null when there was none', OR_NULL)
  value!: string | null;

  @TextField('The transform')
  via!: string;

  @TextField('What is wrong')
  problem!: string;
}

export function lineageRowBody(row: LineageRow): LineageRowBody {
  const { field, from, via, value, problem, file, line } = row;
  return { field, from, via, value, problem, file, line };
}

export function mappingProblemBody(given: MappingProblem): MappingProblemBody {
  const { file, line, field, from, value, via, problem } = given;
  return { file, line, field, from, value, via, problem };
}
