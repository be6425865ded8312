import { join } from 'node:path';
import { parseConnectorName } from './connector-name.js';
import { nextSteps, SKELETON, writeConnector } from './write-connector.js';

/** `npm run connector:new -- NAME`, from the root of the project. */
try {
  const root = process.cwd();
  const name = parseConnectorName(process.argv[2]);
  const files = await writeConnector(name, root, join(root, SKELETON));
  console.log(`${files.map((file) => `wrote ${file}`).join('\n')}\n\n${nextSteps(name)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
