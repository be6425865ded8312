/** Bytes of one message with everything attached: mail servers refuse more. */
export const EMAIL_BYTES_MAX = 50 * 1024 * 1024;
/** Attachments of one message; those beyond are said and not read. */
export const ATTACHMENTS_MAX = 50;
/** Messages inside messages. */
export const EMAIL_NESTING_MAX = 4;
/** Attachments of a message and of all messages in it. */
export const ATTACHMENTS_TOTAL_MAX = 200;
/** Bytes of all attachments of all levels, decoded: a message in a message is counted at every level it is in. */
export const ATTACHMENT_BYTES_MAX = 120 * 1024 * 1024;
/** Characters of an HTML body; the tables of a remittance are below 1 MB. */
export const HTML_LENGTH_MAX = 4_000_000;
/** MIME parts of a message. */
export const MIME_PARTS_MAX = 500;
/** Bytes up to which a picture inside the text is a logo or an icon. A scan is larger. */
export const LOGO_BYTES_MAX = 40 * 1024;
