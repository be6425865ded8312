import { z } from 'zod';
import { FOLDER_SETTINGS, PGP_SECRETS } from '../flat-file-settings.js';

const MS_MAX = 600_000;

export const S3_SETTINGS = z.strictObject({
  bucket: z.string().min(3).max(63).describe('Name of the bucket.'),
  region: z.string().min(1).default('us-east-1').describe('Region; endpoints other than Amazon\'s mostly ignore it.'),
  endpoint: z.url({ protocol: /^https?$/ }).nullable().default(null).describe('Address of an S3-compatible service; null for Amazon.'),
  pathStyle: z.boolean().default(false).describe('Bucket in the path instead of in the host name; most services other than Amazon need it.'),
  conditionalWrites: z.boolean().default(true).describe('Send `If-None-Match: *`, so that two writers cannot overwrite each other; false for services that refuse it.'),
  encryption: z.enum(['none', 'AES256', 'aws:kms']).default('none').describe('Encryption at rest asked of the service for what we write.'),
  kmsKeyId: z.string().min(1).nullable().default(null).describe('Key for `aws:kms`; null for the bucket\'s own.'),
  requestTimeoutMs: z.int().min(100).max(MS_MAX).default(60_000).describe('Longest wait for one answer, in milliseconds.'),
  ...FOLDER_SETTINGS,
});

export const S3_SECRETS = z.strictObject({
  accessKeyId: z.string().min(1).describe('Access key id.'),
  secretAccessKey: z.string().min(1).describe('Secret access key.'),
  sessionToken: z.string().min(1).optional().describe('Session token of temporary credentials.'),
  ...PGP_SECRETS,
});

export type S3Settings = z.infer<typeof S3_SETTINGS>;
export type S3Secrets = z.infer<typeof S3_SECRETS>;
