/** What an XML file may ask for. Beyond a limit it is refused with a sentence. */

/** Elements open at once. ISO 20022 needs 20, a workbook 12. */
export const XML_NESTING_MAX = 100;
/** Characters of a name with its prefix. */
export const XML_NAME_LENGTH_MAX = 256;
/** Characters between `<` and `>` of one tag, attributes included. */
export const XML_TAG_LENGTH_MAX = 65_536;
export const XML_ATTRIBUTES_MAX = 100;
/** Characters between two tags, a CDATA section, a comment or a processing instruction. */
export const XML_TEXT_LENGTH_MAX = 1_000_000;
/** Numeric references (`&#228;`) of a whole file. */
export const XML_NUMERIC_REFERENCES_MAX = 1_000_000;
/** Elements of one subtree that is looked at as a whole. */
export const XML_TREE_ELEMENTS_MAX = 20_000;
