import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { usage } from './cli-error.js';

export type Settings = Record<string, unknown>;

/** `--config` as often as wanted: files (JSON or YAML) and `name=value` pairs; later ones win. @throws CliError */
export function readSettings(given: readonly string[]): Settings {
  return Object.assign({}, ...given.map((text) => (/^[A-Za-z][\w.-]*=/.test(text) ? pair(text) : readSettingsFile(text)))) as Settings;
}

/** A file of settings, `-` for standard input. Secrets come this way only: a command line is seen by others. @throws CliError */
export function readSettingsFile(file: string): Settings {
  const parsed = parseYaml(readText(file), file);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw usage(`${file} holds no settings: it must be a JSON or YAML object, such as {"account": "..."}`);
  return parsed as Settings;
}

/** @throws CliError naming the file and why it cannot be read */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw usage(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw usage(`${file} is neither JSON nor YAML: ${(error as Error).message}`);
  }
}

/** Whole numbers, true and false mean what they look like; everything else is text. */
function pair(text: string): Settings {
  const at = text.indexOf('=');
  const value = text.slice(at + 1);
  if (/^(?:0|[1-9]\d{0,14})$/.test(value)) return { [text.slice(0, at)]: Number(value) };
  return { [text.slice(0, at)]: value === 'true' ? true : value === 'false' ? false : value };
}
