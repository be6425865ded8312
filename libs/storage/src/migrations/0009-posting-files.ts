import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Postings that travel in files, and what a retry by a person must not forget. */
export class PostingFiles1764000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Sends before a person's last "try again": forgiven by the limit of tries, remembered by the reversal that must not come too early.
    await runner.query(`ALTER TABLE posting_step ADD COLUMN attempts_before_retry integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE posting_step DROP COLUMN attempts_before_retry`);
  }
}
