import { readFileSync, statSync } from 'node:fs';

/** An operating-system account, by number. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order; `postgres` is what distributions make for the purpose, `nobody` exists everywhere. */
const PREFERRED_NAMES = ['postgres', 'node', 'nobody'] as const;

/** The lines of /etc/passwd, root left out. Lines that are not accounts are passed over: the file allows comments. */
export function accountsIn(passwd: string): ReadonlyMap<string, ServerAccount> {
  const accounts = new Map<string, ServerAccount>();
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (!name || !uid || !gid || !/^\d+$/.test(uid) || !/^\d+$/.test(gid) || uid === '0') continue;
    accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

/** Postgres' own choice of account when the hub is root, or undefined when /etc/passwd names none. */
export function preferredAccount(accounts: ReadonlyMap<string, ServerAccount>): ServerAccount | undefined {
  for (const name of PREFERRED_NAMES) {
    const account = accounts.get(name);
    if (account) return account;
  }
  return accounts.values().next().value;
}

/**
 * Which account runs the server. Postgres refuses root, so under root it is an unprivileged account: the owner of an
 * existing cluster, so that files keep their owner from start to start, else a well-known one.
 * @returns undefined when the hub is not root: the server then runs as the hub's own user.
 */
export function serverAccount(clusterFolder: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = ownerOf(clusterFolder);
  if (owner && owner.uid !== 0) return owner;
  const account = preferredAccount(accountsIn(readFileSync('/etc/passwd', 'utf8')));
  // 65534 is "nobody" on Linux. initdb insists on a name for it; that failure carries its own advice.
  return account ?? { uid: 65_534, gid: 65_534 };
}

/** Who owns a folder, or undefined when it is not there. */
export function ownerOf(folder: string): ServerAccount | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found && { uid: found.uid, gid: found.gid };
}
