import { readCommand, startVendor } from './command-line.js';

/** Runs one simulated vendor as a process of its own; prints one JSON line when it listens. */
async function main(): Promise<void> {
  const vendor = await startVendor(readCommand(process.argv.slice(2)));
  process.stdout.write(`${vendor.line}\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void vendor.stop().then(() => { process.exit(0); });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // A program that keeps a channel to this one and is killed must not leave it behind on its book.
  process.once('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
