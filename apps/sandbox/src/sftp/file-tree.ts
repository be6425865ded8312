/** What lies at a path. Times are whole seconds since 1970, as version 3 of the protocol keeps them. */
export type TreeNode = { readonly kind: 'folder'; mtime: number } | { readonly kind: 'file'; bytes: Buffer; mtime: number } | { readonly kind: 'link'; readonly to: string; mtime: number };

export interface TreeEntry {
  readonly name: string;
  readonly node: TreeNode;
}

/** Files and folders in memory, by absolute path. */
export class FileTree {
  readonly #odd = new Map<string, TreeEntry & { readonly folder: string }>();
  readonly #nodes = new Map<string, TreeNode>([['/', { kind: 'folder', mtime: 0 }]]);

  get(path: string): TreeNode | undefined {
    return this.#odd.get(path.startsWith('/') ? path : `/${path}`)?.node ?? this.#nodes.get(absolute(path));
  }

  /** A file a listing shows under any name at all, as a hostile server's would; asked for by that very name, it is there. */
  listAs(folder: string, name: string, node: TreeNode): void {
    const at = absolute(folder);
    this.#odd.set(`${at}/${name}`, { name, folder: at, node });
  }

  /** Children of a folder, by name; undefined where there is no such folder. */
  children(path: string): readonly TreeEntry[] | undefined {
    const folder = absolute(path);
    if (this.#nodes.get(folder)?.kind !== 'folder') return undefined;
    const prefix = folder === '/' ? '/' : `${folder}/`;
    const inside = [...this.#nodes].filter(([at]) => at !== '/' && at.startsWith(prefix) && !at.slice(prefix.length).includes('/'));
    const odd = [...this.#odd.values()].filter((entry) => entry.folder === folder);
    return [...inside.map(([at, node]) => ({ name: at.slice(prefix.length), node })), ...odd].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  set(path: string, node: TreeNode): void {
    this.#nodes.set(absolute(path), node);
  }

  delete(path: string): boolean {
    return this.#odd.delete(path.startsWith('/') ? path : `/${path}`) || this.#nodes.delete(absolute(path));
  }

  /** Every file below a folder, by path. */
  files(folder: string): ReadonlyMap<string, Buffer> {
    const prefix = absolute(folder) === '/' ? '/' : `${absolute(folder)}/`;
    return new Map([...this.#nodes].flatMap(([path, node]) => (path.startsWith(prefix) && node.kind === 'file' ? [[path, node.bytes] as const] : [])));
  }
}

/** Without `.`, `..` and doubled separators; `..` above the root stays at the root, as a server's chroot does. */
export function absolute(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}
