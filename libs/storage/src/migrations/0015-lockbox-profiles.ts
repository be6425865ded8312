import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './tenant-table.js';

/** How the banks of a tenant fill the columns of their lockbox files. */
export class LockboxProfiles1764000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('lockbox_profile', `
      name text NOT NULL,
      profile jsonb NOT NULL,
      used_for text[] NOT NULL,
      changed_by text NOT NULL,
      changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (tenant_id, name)`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE lockbox_profile');
  }
}
