import type { SeededRandom } from './random.js';

const WORDS = (
  'Summit Harbor Northwind Granite Cascade Pioneer Liberty Meridian Sterling Redwood Atlas Beacon Crescent Delta Evergreen Falcon Golden Horizon Ironwood Juniper Keystone Lakeside Maple Noble Orchard '
  + 'Pacific Quarry River Silver Timber Union Valley Westgate Yellowstone Zenith Aurora Bluebird Copper Dakota Eagle Foxglove Garnet Hudson Indigo Jasper Kestrel Lantern Magnolia Nimbus Oakmont'
).split(' ');
const TRADES = 'Supply Logistics Foods Medical Industries Electronics Textiles Packaging Plumbing Motors Chemicals Dental Printing Hardware Farms Marine Optics Steel Labs Interiors'.split(' ');
const FORMS: Readonly<Record<string, readonly string[]>> = {
  US: ['Inc.', 'LLC', 'Corp.', 'Co.', '& Sons', 'Group'], GB: ['Ltd', 'PLC', '& Sons Ltd', 'Holdings Ltd', 'LLP'], DE: ['GmbH', 'AG', 'KG', 'GmbH & Co. KG'],
};
const PLACES = ['Portland', 'Austin', 'Leeds', 'Denver', 'Bristol', 'Tampa', 'Boise', 'Glasgow', 'Reno', 'Dover'];
const FIRST = 'Ana Ben Carla David Elena Farid Grace Hugo Ines James Karen Luis Mona Nils Olga Priya Quinn Rosa Sam Tara'.split(' ');
const LAST = 'Miller Okafor Schmidt Jones Garcia Patel Nguyen Brown Larsen Rossi Khan Lopez Weber Smith Adams'.split(' ');

/** A company's name; frequent words come up often, as they do in real customer lists, so names resemble one another. */
export function companyName(random: SeededRandom, country: string): string {
  const first = WORDS[random.skewed(WORDS.length)] ?? 'Summit';
  const trade = TRADES[random.skewed(TRADES.length)] ?? 'Supply';
  const second = random.chance(0.25) ? ` ${WORDS[random.skewed(WORDS.length)] ?? 'Delta'}` : '';
  return `${first}${second} ${trade} ${random.pick(FORMS[country] ?? FORMS['US'] ?? ['Inc.'])}`;
}

/** Another company that looks like `name`: the twin a matcher must not confuse with it. */
export function twinName(random: SeededRandom, name: string): string {
  const words = name.split(' ');
  return random.chance(0.5) ? `${words.slice(0, -1).join(' ')} of ${random.pick(PLACES)} ${words.at(-1) ?? ''}` : `${words.join(' ')} (${random.pick(PLACES)})`;
}

export function branchName(random: SeededRandom, parent: string): string {
  return `${parent} - ${random.pick(PLACES)}`;
}

export function personName(random: SeededRandom): { first: string; last: string } {
  return { first: random.pick(FIRST), last: random.pick(LAST) };
}

export function domainOf(name: string): string {
  return `${name.toLowerCase().replace(/[^a-z0-9]+/g, '').slice(0, 24)}.example`;
}
