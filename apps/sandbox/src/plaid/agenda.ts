interface Appointment {
  readonly atMs: number;
  readonly order: number;
  readonly work: () => void;
}

/** What the sandbox's clock makes due: updates, expiries, retries. Work runs in the order of its instants. */
export class Agenda {
  private appointments: Appointment[] = [];
  private order = 0;

  schedule(atMs: number, work: () => void): void {
    this.appointments.push({ atMs, order: this.order, work });
    this.order += 1;
  }

  /** The instant of the next work; null when there is none. */
  nextAtMs(): number | null {
    return this.appointments.reduce<number | null>((first, { atMs }) => (first === null || atMs < first ? atMs : first), null);
  }

  /** Does everything due by then, also what that work itself makes due. */
  runDue(nowMs: number): void {
    for (;;) {
      const due = this.appointments.filter(({ atMs }) => atMs <= nowMs).toSorted((left, right) => left.atMs - right.atMs || left.order - right.order)[0];
      if (due === undefined) return;
      this.appointments = this.appointments.filter((each) => each !== due);
      due.work();
    }
  }
}
