const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+$/;
const DOMAIN = /^[^\s@<>,;]+\.[^\s@<>,;]+$/;

/** Whether the text can stand in the list of allowed senders: an address, or a domain. */
export function isSenderPattern(text: string): boolean {
  return ADDRESS.test(text) || DOMAIN.test(text);
}

/**
 * Whether a mail's sender is on the list. An empty list lets everybody in; a mail without a sender is nobody's. A domain stands for itself, not
 * for what lies below it. Case never counts: no host we know tells `AP@` from `ap@`.
 */
export function isAllowed(sender: string | null, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  if (sender === null) return false;
  const address = sender.toLowerCase();
  return allowed.includes(address) || allowed.includes(address.slice(address.lastIndexOf('@') + 1));
}
