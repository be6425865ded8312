import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './tenant-table.js';

/** Files of master data and open items that people hand in for a connection without a remote. */
export class Uploads1764000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('uploaded_file', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
      entity text NOT NULL,
      name text NOT NULL,
      content bytea NOT NULL,
      content_hash bytea NOT NULL,
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'refused')),
      refused_because text,
      uploaded_by text NOT NULL,
      uploaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      settled_at timestamptz`));
    // Refused content may be handed in again, after what refused it was mended.
    await runner.query(`CREATE UNIQUE INDEX uploaded_file_once ON uploaded_file (connection_id, entity, content_hash) WHERE state <> 'refused'`);
    // Compressed already or read once: storing it out of line as it is makes reading a slice cheap.
    await runner.query('ALTER TABLE uploaded_file ALTER COLUMN content SET STORAGE EXTERNAL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uploaded_file');
  }
}
