import type { Transform } from '#connector-kit';
import { memberName } from '../odata/literal.js';
import { stepKeyIn } from './write/words.js';

/** Enum members as people know them: `In_x0020_Review` is `In Review`, a lone blank is `none`. */
export const member: Transform = (value) => memberName(value).trim() || 'none';

/** The key of the posting that wrote a ledger entry, out of its description; empty where the hub did not write it. */
export const postingKey: Transform = (value) => stepKeyIn(value) ?? '';

/** What this connector's mappings may name as `via: custom.<name>`. */
export const TRANSFORMS = { member, postingKey } as const;
