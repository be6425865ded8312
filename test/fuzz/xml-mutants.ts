import type { Random } from './random.js';

const ELEMENT = /<([\w:.-]+)[^<>]*>[^<>]*<\/\1>/g;
const TAGS = ['<', '>', '</', '/>', '<!', '<![CDATA[', ']]>', '<!--', '-->', '<?x ', '?>', '&', '&amp;', '&#x0;', '&#65;', '&undefined;', '<!DOCTYPE a [<!ENTITY b "c">]>', ' a="', '\'', '<__proto__>', '</__proto__>'] as const;

/** Mutants of an XML file that know elements: one left out, doubled, moved, emptied, given another's or a strange value, a tag broken. */
export function mutateXml(random: Random, seed: Uint8Array, values: readonly string[]): Uint8Array {
  let text = Buffer.from(seed).toString('utf8');
  for (let edits = 1 + random.below(3); edits > 0; edits -= 1) text = editOnce(random, text, values);
  return Buffer.from(text);
}

function editOnce(random: Random, text: string, values: readonly string[]): string {
  const leaves = [...text.matchAll(ELEMENT)];
  if (leaves.length === 0 || random.once(6)) return insert(text, random.below(text.length), random.pick(TAGS));
  const { index, 0: leaf } = random.pick(leaves);
  const [from, to] = [leaf.indexOf('>') + 1, leaf.lastIndexOf('<')];
  const valued = (value: string): string => text.slice(0, index + from) + value + text.slice(index + to);
  const kind = random.below(8);
  if (kind === 0) return text.slice(0, index) + text.slice(index + leaf.length);
  if (kind === 1) return insert(text, index, leaf);
  if (kind === 2) return insert(text.slice(0, index) + text.slice(index + leaf.length), random.below(text.length - leaf.length), leaf);
  if (kind === 3) return blockEdit(random, text, index);
  if (kind === 4) return valued(random.pick(leaves)[0].replace(/^<[^>]*>|<\/[^>]*>$/g, ''));
  if (kind === 5) return text.replace(/Ccy="[A-Z]{3}"/g, (currency) => (random.once(4) ? `Ccy="${random.pick(values)}"` : currency));
  return valued(random.pick(values));
}

/** A block of elements around `index` left out or doubled. */
function blockEdit(random: Random, text: string, index: number): string {
  const name = random.pick([...text.matchAll(/<([\w:.-]+)[\s>]/g)])[1] ?? '';
  const from = text.lastIndexOf(`<${name}`, index);
  const end = from === -1 ? -1 : text.indexOf(`</${name}>`, from);
  if (end === -1) return text;
  const block = text.slice(from, end + name.length + 3);
  return random.once(2) ? text.slice(0, from) + text.slice(from + block.length) : insert(text, from, block);
}

function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}
