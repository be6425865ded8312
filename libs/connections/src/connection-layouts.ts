import type { Layout } from '#connector-kit';
import { LayoutFileError, loadConnectionLayout, type LoadedLayout } from '#layouts';
import { ConnectionError } from './open-connection.js';

/** Layouts one connection may bring along. */
const CONNECTION_LAYOUTS_MAX = 50;

/**
 * The layouts of a connection by name: its own (`layouts` of its settings: name to YAML, a whole layout or one that says
 * `overlays: <name>`), then those of the hub.
 * @throws ConnectionError with every mistake of its own layouts. @throws RangeError (the function given back) for an unknown name.
 */
export function connectionLayouts(connectionName: string, config: unknown, known: ReadonlyMap<string, LoadedLayout>): (name: string) => Layout {
  const own = new Map<string, Layout>();
  const problems: string[] = [];
  const given = ownLayouts(config, problems);
  for (const [name, text] of given) {
    try {
      own.set(name, loadConnectionLayout(text, `connection "${connectionName}" layouts.${name}`, known));
    } catch (error) {
      if (!(error instanceof LayoutFileError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new ConnectionError(problems.join('\n'));
  return (name) => {
    const layout = own.get(name) ?? known.get(name);
    if (layout === undefined) throw new RangeError(`there is no layout "${name}"; there are: ${[...own.keys(), ...known.keys()].join(', ')}`);
    return layout;
  };
}

function ownLayouts(config: unknown, problems: string[]): readonly [name: string, text: string][] {
  const layouts = typeof config === 'object' && config !== null ? (config as { readonly layouts?: unknown }).layouts : undefined;
  if (layouts === undefined || layouts === null) return [];
  const entries = typeof layouts === 'object' && !Array.isArray(layouts) ? Object.entries(layouts) : null;
  if (entries === null || entries.length > CONNECTION_LAYOUTS_MAX || entries.some(([, text]) => typeof text !== 'string')) {
    problems.push(`layouts: must be at most ${CONNECTION_LAYOUTS_MAX} names, each with the YAML of its layout`);
    return [];
  }
  return entries as [string, string][];
}
