import type { BenchModule, BenchOptions } from './figure.js';

/** Runs one bench in this process, alone, and tells the runner: figures, processor seconds, peak memory. */
async function main(): Promise<void> {
  const [name = '', options = '{}'] = process.argv.slice(2);
  const { run } = await import(`./${name}.js`) as BenchModule;
  const figures = await run(JSON.parse(options) as BenchOptions);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.send?.({ figures, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: maxRSS / 1024 });
}

main().then(() => { process.disconnect(); }, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exitCode = 1;
  process.disconnect();
});
