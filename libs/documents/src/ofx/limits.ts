/** Characters of a value; what is longer is cut and said. */
export const OFX_VALUE_LENGTH_MAX = 20_000;
/** Characters of a tag with its attributes. A "<" that no ">" follows within it is text. */
export const OFX_TAG_LENGTH_MAX = 1_024;
/** Elements that may stand in one another. */
export const OFX_NESTING_MAX = 64;
