import { TOKEN_PATH } from '../../entra/token-endpoint.js';
import type { Entra } from '../auth/entra.js';
import type { Faults } from '../faults/faults.js';
import type { UserLimits } from '../limits/limits.js';
import type { RequestClass, TenantSettings } from '../settings.js';
import type { Answer, Call } from './message.js';
import type { Counters } from './stats.js';

/** What the HTTP server needs of the tenant behind it. */
export interface Tenant {
  readonly settings: TenantSettings;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly counters: Counters;
  /** Errors of the sandbox itself, for the test that wants to see them. */
  readonly failures: Error[];
  limitsOf(clientId: string): UserLimits;
  /** The work of an authenticated, granted request; some wait for another server (webhook handshakes). */
  answer(call: Call): Answer | Promise<Answer>;
  control(call: Call): Promise<Answer>;
  closePostingRange(): void;
}

/** Which class a request belongs to, for faults, latency and counting. */
export function classOf(method: string, path: string): RequestClass {
  if (TOKEN_PATH.test(path)) return 'token';
  if (path.endsWith('/$batch')) return 'batch';
  if (path.includes('/Microsoft.NAV.')) return 'action';
  switch (method) {
    case 'POST': return 'create';
    case 'PATCH': case 'PUT': return 'update';
    case 'DELETE': return 'delete';
    default: return 'read';
  }
}
