/** The mock folder as a process of its own: `node file-target-program.js '<behaviour as JSON>'`. Prints its address, ends on SIGTERM. */
import { MockFileTarget, type FileTargetBehaviour } from './mock-file-target.js';

const target = new MockFileTarget(JSON.parse(process.argv[2] ?? '{}') as Partial<FileTargetBehaviour>);
const url = await target.start();
process.on('SIGTERM', () => { void target.stop().then(() => process.exit(0)); });
process.stdout.write(`${JSON.stringify({ url })}\n`);
