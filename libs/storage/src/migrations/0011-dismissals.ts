import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people gave up of what could not be read or mapped; and what became of a run's tie-out, apart from what became of the run. */
export class Dismissals1764000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE quarantined_record ADD COLUMN dismissed_at timestamptz, ADD COLUMN dismissed_by text, ADD COLUMN dismissed_because text,
        ADD CONSTRAINT quarantined_record_dismissed_whole CHECK (num_nonnulls(dismissed_at, dismissed_by, dismissed_because) IN (0, 3));
      -- Null: the run has made none, or ended before there was this column.
      ALTER TABLE sync_run ADD COLUMN tie_out text CHECK (tie_out IN ('compared', 'notOffered', 'failed')), ADD COLUMN tie_out_problem text,
        ADD CONSTRAINT sync_run_tie_out_problem CHECK ((tie_out_problem IS NOT NULL) = (tie_out IS NOT DISTINCT FROM 'failed'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sync_run DROP COLUMN tie_out_problem, DROP COLUMN tie_out;
      ALTER TABLE quarantined_record DROP CONSTRAINT quarantined_record_dismissed_whole, DROP COLUMN dismissed_because, DROP COLUMN dismissed_by, DROP COLUMN dismissed_at;
    `);
  }
}
