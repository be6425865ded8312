import type { Probe } from '#connector-kit';
import type { EntraSettings } from './login.js';
import { certificateExpiry } from './token-form.js';

type Expiry = NonNullable<Probe['expiries']>[number];

/** Days before its end at which a secret or certificate is named among what is missing. */
export const EXPIRY_WARNING_DAYS = 14;
const MILLISECONDS_PER_DAY = 86_400_000;

/** When the login ends, as far as it is known: Entra tells no one, so a secret's end is a setting and a certificate's is read from it. */
export function loginExpiries(settings: EntraSettings): readonly Expiry[] {
  if (settings.authentication === 'secret') {
    return settings.secretExpiresOn === undefined ? [] : [{
      what: 'client secret', at: `${settings.secretExpiresOn}T00:00:00.000Z`,
      cure: 'Create a new client secret in the app registration (Certificates & secrets), store it here, then delete the old one.',
    }];
  }
  const expiry = certificateExpiry(settings.certificatePem ?? '');
  return expiry === null ? [] : [{
    what: 'certificate', at: expiry.toISOString(), cure: 'Upload a new certificate to the app registration (Certificates & secrets), store it here with its key, then remove the old one.',
  }];
}

/** Sentences for {@link Probe.missing} about logins that end soon or have ended. */
export function expiryWarnings(expiries: readonly Expiry[], now: Date): readonly string[] {
  return expiries.flatMap(({ what, at, cure }) => {
    const daysLeft = Math.floor((Date.parse(at) - now.getTime()) / MILLISECONDS_PER_DAY);
    return daysLeft >= EXPIRY_WARNING_DAYS ? [] : [`The ${what} of the app ${daysLeft < 0 ? 'ended' : 'ends'} on ${at.slice(0, 10)}. ${cure}`];
  });
}
