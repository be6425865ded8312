import { accountsIn, preferredAccount } from './server-account.js';

const PASSWD = 'root:x:0:0:root:/root:/bin/bash\n# comment\nnobody:x:65534:65534::/:/bin/false\nnode:x:1000:1000::/home/node:/bin/sh\n+::::::\n';

describe('the account that runs Postgres under root', () => {
  it('is never root, whatever name root has', () => {
    expect(accountsIn('toor:x:0:0::/root:/bin/sh\nroot:x:0:0::/root:/bin/sh\n').size).toBe(0);
  });

  it('is postgres where it exists, then node, then nobody, then anybody', () => {
    expect(preferredAccount(accountsIn(`${PASSWD}postgres:x:101:104::/:/bin/sh\n`))).toEqual({ uid: 101, gid: 104 });
    expect(preferredAccount(accountsIn(PASSWD))).toEqual({ uid: 1000, gid: 1000 });
    expect(preferredAccount(accountsIn('daemon:x:1:1::/:/bin/false'))).toEqual({ uid: 1, gid: 1 });
    expect(preferredAccount(accountsIn(''))).toBeUndefined();
  });
});
