import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '#canonical';
import { compileWriteMapping, loadWriteMapping, type CompiledWriteMapping } from '#mapping';

/** The mappings of this repository; specs run with the root as working directory. */
const MAPPINGS = 'mappings';

/** `render` of a connector's plan tools, over its own write mappings, as the posting engine does it. Files are read when first needed. */
export function loadRender(connectorId: string): (mapping: string, value: Json) => JsonObject {
  const compiled = new Map<string, CompiledWriteMapping>();
  return (name, value) => {
    const mapping = compiled.get(name) ?? compileWriteMapping(loadWriteMapping(readFileSync(join(MAPPINGS, connectorId, `${name}.yaml`), 'utf8'), `${MAPPINGS}/${connectorId}/${name}.yaml`));
    compiled.set(name, mapping);
    return mapping.render(value);
  };
}
