import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ENTITY_NAMES, type EntityName } from '#canonical';
import { UPLOAD_STATES, type UploadedFileRecord, type UploadState } from '#storage';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OR_NULL, TextField } from '../wire/fields.js';

const NAME_LENGTH_MAX = 255;

export class UploadQuery {
  @ApiProperty({ enum: [...ENTITY_NAMES], description: 'What the rows are' })
  @IsIn(ENTITY_NAMES)
  readonly entity!: EntityName;

  @ApiProperty({ description: 'The file\'s name', maxLength: NAME_LENGTH_MAX })
  @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly name!: string;
}

/** A file of master data or open items that somebody handed in. */
export class UploadedFileBody {
  @IdField('Id of the file')
  id!: string;

  @IdField('The connection it was handed in for')
  connectionId!: string;

  @OneOfField(ENTITY_NAMES, 'What its rows are')
  entity!: EntityName;

  @TextField('Its name')
  name!: string;

  @IntegerField('Its size in bytes')
  sizeBytes!: number;

  @TextField('SHA-256 of the content, hexadecimal')
  contentHash!: string;

  @OneOfField(UPLOAD_STATES, '`waiting` for the next sync, `taken`, or `refused` with the reason')
  state!: UploadState;

  @TextField('Why it was refused', OR_NULL)
  refusedBecause!: string | null;

  @TextField('Who handed it in')
  uploadedBy!: string;

  @InstantField('When')
  uploadedAt!: string;

  @InstantField('When it was taken or refused', OR_NULL)
  settledAt!: string | null;
}

export class HandedInFileBody extends UploadedFileBody {
  @FlagField('The same content was handed in before; nothing was changed')
  alreadyThere!: boolean;
}

export function uploadedFileBody(file: UploadedFileRecord): UploadedFileBody {
  return { ...file, uploadedAt: file.uploadedAt.toISOString(), settledAt: file.settledAt?.toISOString() ?? null };
}
