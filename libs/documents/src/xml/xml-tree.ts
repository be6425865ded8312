import { XML_TREE_ELEMENTS_MAX } from './limits.js';
import type { XmlAttributes } from './start-tag.js';
import { XmlError } from './xml-error.js';

/** An element that is looked at as a whole. `text` is all characters directly in it. */
export class XmlElement {
  text = '';
  readonly children: XmlElement[] = [];

  constructor(readonly name: string, readonly attributes: XmlAttributes, readonly line: number, readonly column: number) {}

  /** The element down the path of names, the first of each; null when there is none. */
  at(...path: readonly string[]): XmlElement | null {
    let element: XmlElement | undefined = this as XmlElement;
    for (const name of path) {
      element = element.children.find((child) => child.name === name);
      if (element === undefined) return null;
    }
    return element;
  }

  /** The trimmed text down the path; null when there is none or it is blank. */
  textAt(...path: readonly string[]): string | null {
    const text = this.at(...path)?.text.trim() ?? '';
    return text === '' ? null : text;
  }

  all(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }
}

/** Builds one subtree from what a scanner tells. */
export class XmlTreeBuilder {
  readonly #open: XmlElement[] = [];
  #count = 0;

  /** @throws XmlError when the subtree gets larger than {@link XML_TREE_ELEMENTS_MAX} elements */
  start(name: string, attributes: XmlAttributes, line: number, column: number): void {
    this.#count += 1;
    if (this.#count > XML_TREE_ELEMENTS_MAX) throw new XmlError(`<${this.#open[0]?.name ?? name}> holds more than ${XML_TREE_ELEMENTS_MAX} elements`, line, column);
    const element = new XmlElement(name, attributes, line, column);
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  text(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
  }

  /** The whole subtree once its root is closed, null before. */
  end(): XmlElement | null {
    const element = this.#open.pop();
    return this.#open.length > 0 ? null : element ?? null;
  }
}
