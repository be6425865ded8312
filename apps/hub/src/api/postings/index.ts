import type { Type } from '@nestjs/common';
import { FileLanesController } from './file-lanes.js';
import { PostingBatchesController } from './posting-batches.js';
import { PostingsController } from './postings.js';

export const POSTING_CONTROLLERS: readonly Type[] = [PostingsController, PostingBatchesController, FileLanesController];
