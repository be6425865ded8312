#!/usr/bin/env node
// Plain JavaScript that every Node can read, so that an old one gets a sentence and not a syntax error.
import { existsSync } from 'node:fs';

const NODE_MAJOR_MIN = 22;
const FAILED = 70;
const program = new URL('../../../dist/apps/cli/src/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  process.stderr.write(`tributary needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}. Install a newer one, or run it with \`npx node\` inside the project.\n`);
  process.exitCode = FAILED;
} else if (!existsSync(program)) {
  process.stderr.write('tributary is not built: run `npm run build` in the project folder first.\n');
  process.exitCode = FAILED;
} else {
  await import(program.href);
}
