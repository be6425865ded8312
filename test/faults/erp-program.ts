/** The mock ERP as a process of its own: `node erp-program.js '<behaviour as JSON>'`. Prints its address, ends on SIGTERM. */
import { MockErp, type MockErpBehaviour } from './mock-erp.js';

const erp = new MockErp(JSON.parse(process.argv[2] ?? '{}') as Partial<MockErpBehaviour>);
const url = await erp.start();
process.on('SIGTERM', () => { void erp.stop().then(() => process.exit(0)); });
process.stdout.write(`${JSON.stringify({ url })}\n`);
