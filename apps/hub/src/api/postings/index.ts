import type { Type } from '@nestjs/common';
import { PostingsController } from './postings.js';

export const POSTING_CONTROLLERS: readonly Type[] = [PostingsController];
