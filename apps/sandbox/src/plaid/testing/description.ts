import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

/** The vendor's own OpenAPI description lies beside the repository (it declares no licence, so it is not in it). */
export const DESCRIPTION_FILE = resolve(process.env['TRIBUTARY_SPECS'] ?? resolve(process.cwd(), '..', 'shared', 'specs'), 'plaid', 'plaid-openapi-2020-09-14.yml');
/** Why nothing can be held to it; null when the file is there. */
export const DESCRIPTION_MISSING = existsSync(DESCRIPTION_FILE) ? null : `${DESCRIPTION_FILE} is not there`;

type Schema = Record<string, unknown>;
const REFERENCE = '#/components/schemas/';

/** Holds bodies to schemas of the description. Only the schemas asked for are read: all of them take five seconds. */
export class Description {
  private readonly blocks = new Map<string, string>();
  private readonly ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  private readonly known = new Set<string>();

  constructor() {
    const text = readFileSync(DESCRIPTION_FILE, 'utf8');
    const schemas = text.slice(text.indexOf('\n  schemas:\n') + '\n  schemas:\n'.length);
    for (const block of schemas.split(/\n(?= {4}\S)/)) this.blocks.set(block.slice(4, block.indexOf(':')), block);
  }

  /** @returns what does not fit; empty when the value does */
  problems(name: string, value: unknown): string[] {
    this.learn(name);
    const validate = this.ajv.getSchema(name);
    if (validate === undefined) throw new RangeError(`no schema ${name} in the description`);
    return validate(value) === true ? [] : (validate.errors ?? []).map((error) => `${name}${error.instancePath} ${error.message ?? ''}`);
  }

  private learn(name: string): void {
    if (this.known.has(name)) return;
    this.known.add(name);
    const block = this.blocks.get(name);
    if (block === undefined) throw new RangeError(`no schema ${name} in the description`);
    this.ajv.addSchema(this.plain((parse(block) as Record<string, Schema>)[name] ?? {}) as Schema, name);
  }

  /** OpenAPI 3.0 as JSON Schema: `nullable` becomes a choice, references become names. */
  private plain(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((entry) => this.plain(entry));
    if (typeof schema !== 'object' || schema === null) return schema;
    const { nullable, example: _example, $ref, ...others } = schema as Schema;
    if (typeof $ref === 'string') {
      this.learn($ref.slice(REFERENCE.length));
      return { $ref: $ref.slice(REFERENCE.length) };
    }
    // In OpenAPI 3.0 `exclusiveMinimum` is a switch of `minimum`; where it is off it says nothing.
    const plain = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== false || typeof others['minimum'] !== 'number').map(([key, value]) => [key, this.plain(value)]));
    return nullable === true ? { anyOf: [{ type: 'null' }, plain] } : plain;
  }
}
