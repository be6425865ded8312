/** Raised instead of going on when the end was asked for meanwhile. */
export class Ended extends Error {
  override readonly name = 'Ended';
}

/**
 * What a process started and has to stop again. Signals are listened to before the first start, because a start can take long or hang, and a
 * process that cannot be stopped leaves others behind.
 */
export class Lifetime {
  readonly #stops: (() => Promise<void>)[] = [];
  #ending: Promise<void> | null = null;

  get ended(): boolean {
    return this.#ending !== null;
  }

  /** Ends at SIGTERM or SIGINT, and when the process that keeps a channel to this one is gone. Later signals change nothing: npm passes on a Ctrl-C that the terminal has sent to everybody already. */
  endOnSignal(whenEnding: (signal: NodeJS.Signals) => void, whenFailing: (error: unknown) => void, letGo: () => void = leaveChannel): void {
    const end = (signal: NodeJS.Signals): void => {
      if (this.ended) return;
      whenEnding(signal);
      // Listening to the channel's end keeps the process; nothing else does once everything is stopped.
      this.end().catch(whenFailing).finally(letGo);
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    process.on('disconnect', () => { end('SIGTERM'); });
  }

  /**
   * Waits until something runs and remembers how to stop it.
   * @throws Ended when the end was asked for meanwhile; what was started is stopped then
   */
  async started<T>(starting: Promise<T>, stop: (running: T) => Promise<void>): Promise<T> {
    const running = await starting;
    if (this.#ending === null) {
      this.#stops.push(() => stop(running));
      return running;
    }
    await stop(running);
    throw new Ended('stopped while starting');
  }

  /** Stops everything in the reverse order of its start, each once, none left running because another failed. @throws AggregateError of the failures */
  end(): Promise<void> {
    this.#ending ??= this.#stopAll();
    return this.#ending;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      await stop().catch((error: unknown) => { failures.push(error); });
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be stopped');
  }
}

function leaveChannel(): void {
  if (process.connected) process.disconnect();
}
