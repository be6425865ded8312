import type { Randomness } from './randomness.js';

/** Words banks and payers shorten. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  MANUFACTURING: 'MFG', DISTRIBUTION: 'DIST', DISTRIBUTORS: 'DIST', SERVICES: 'SVCS', SERVICE: 'SVC', INTERNATIONAL: 'INTL', NATIONAL: 'NATL', COMPANY: 'CO', CORPORATION: 'CORP', ASSOCIATES: 'ASSOC', TECHNOLOGIES: 'TECH', TECHNOLOGY: 'TECH', MANAGEMENT: 'MGMT', AMERICAN: 'AMER', INDUSTRIES: 'IND', GROUP: 'GRP',
};
const LEGAL_FORMS = /[ ,]+(INC|LLC|LTD|LIMITED|CORP|CORPORATION|CO|COMPANY|GMBH|AG|KG|BV|SA|SAS|SARL|PLC|LP|LLP)\.?$/;
/** Pairs an optical reader confuses. */
const OPTICAL: Readonly<Record<string, string>> = { O: '0', 0: 'O', I: '1', 1: 'I', S: '5', 5: 'S', B: '8', 8: 'B', Z: '2', 2: 'Z', G: '6', 6: 'G' };

/** A payer's name as it arrives: upper case, often without legal form, shortened, misspelt, and cut at the channel's field. */
export function visibleName(name: string, lengthMax: number, random: Randomness, tags: string[]): string {
  let visible = name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().replace(/[^A-Z0-9&' .,-]/g, ' ').replace(/\s+/g, ' ').trim();
  if (random.chance(300) && LEGAL_FORMS.test(visible)) {
    visible = visible.replace(LEGAL_FORMS, '');
    tags.push('name:legalFormDropped');
  }
  visible = visible.replace(/[.,']/g, '').replace(/\s+/g, ' ').trim();
  const words = visible.split(' ');
  if (words.some((word) => word in ABBREVIATIONS) && random.chance(500)) {
    visible = words.map((word) => ABBREVIATIONS[word] ?? word).join(' ');
    tags.push('name:abbreviated');
  }
  if (random.chance(60)) {
    visible = withOneEdit(visible, random);
    tags.push('name:edited');
  }
  if (visible.length > lengthMax) tags.push(`name:cut${lengthMax}`);
  return visible.slice(0, lengthMax).trim();
}

/** Text as a reader of scanned paper sees it: each confusable character is confused 6 times in 100. */
export function opticallyRead(text: string, random: Randomness): string {
  return [...text].map((character) => (character in OPTICAL && random.chance(60) ? OPTICAL[character] ?? character : character)).join('');
}

function withOneEdit(text: string, random: Randomness): string {
  if (text.length < 4) return text;
  const at = random.between(1, text.length - 2);
  const letter = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(random.below(26));
  const edit = random.below(4);
  if (edit === 0) return text.slice(0, at) + text.slice(at + 1);
  if (edit === 1) return text.slice(0, at) + letter + text.slice(at);
  if (edit === 2) return text.slice(0, at) + letter + text.slice(at + 1);
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}
