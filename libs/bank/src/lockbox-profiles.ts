import type { AuditTrail } from '#access';
import { checkLockboxProfile, LOCKBOX_PROFILES, type LockboxPreview, type LockboxProfile, previewLockbox } from '#documents';
import { type Database, keepLockboxProfile, listLockboxProfiles, readReceivedDocumentContent, removeLockboxProfile } from '#storage';
import { BankError, conflicting, missing } from './bank-error.js';
import { LOCKBOX_PROFILES_MAX } from './bank-limits.js';

/** A profile as lists show it. */
export interface ListedLockboxProfile extends LockboxProfile {
  /** Comes with the program; a tenant's own one of another name replaces nothing. */
  readonly shipped: boolean;
  /** Sources and senders whose lockbox files are read by it. */
  readonly usedFor: readonly string[];
}

/** How banks fill the columns of their lockbox files: what is shipped, and what a tenant describes himself. */
export class LockboxProfiles {
  constructor(private readonly dependencies: { readonly database: Database; readonly audit: AuditTrail }) {}

  async list(tenantId: string): Promise<readonly ListedLockboxProfile[]> {
    const own = await this.dependencies.database.inTenant(tenantId, listLockboxProfiles);
    return [
      ...own.map(({ profile, usedFor }) => ({ ...profile as unknown as LockboxProfile, shipped: false, usedFor })),
      ...LOCKBOX_PROFILES.map((profile) => ({ ...profile, shipped: true, usedFor: [] })),
    ];
  }

  /** Keeps a profile under its name. @throws BankError invalid, with every problem and its place; conflict for the name of a shipped one. */
  async keep(tenantId: string, profile: LockboxProfile, usedFor: readonly string[], by: string): Promise<ListedLockboxProfile> {
    if (LOCKBOX_PROFILES.some(({ name }) => name === profile.name)) throw conflicting(`"${profile.name}" is the name of a shipped profile: give yours another`);
    const problems = checkLockboxProfile(profile);
    if (problems.length > 0) throw new BankError('invalid', problems.map(({ place, problem }) => ({ field: place, problem })));
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const own = await listLockboxProfiles(transaction);
      if (own.length >= LOCKBOX_PROFILES_MAX && !own.some(({ name }) => name === profile.name)) throw conflicting(`there are ${own.length} profiles, ${LOCKBOX_PROFILES_MAX} are allowed: remove one`);
      const kept = await keepLockboxProfile(transaction, { name: profile.name, profile, usedFor: usedFor.map((each) => each.toLowerCase()), by });
      await this.dependencies.audit.append(transaction, { actor: by, action: 'lockboxProfile.keep', subject: `lockboxProfile/${profile.name}`, detail: { usedFor: [...kept.usedFor] } });
      return { ...profile, shipped: false, usedFor: kept.usedFor };
    });
  }

  /** @throws BankError missing */
  async remove(tenantId: string, name: string, by: string): Promise<void> {
    await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      if (!await removeLockboxProfile(transaction, name)) throw missing('lockbox profile', name);
      await this.dependencies.audit.append(transaction, { actor: by, action: 'lockboxProfile.remove', subject: `lockboxProfile/${name}`, detail: {} });
    });
  }

  /** What a profile, kept or not, makes of a received document. Nothing is taken. @throws BankError missing */
  async preview(tenantId: string, receivedDocumentId: string, profile: LockboxProfile): Promise<LockboxPreview> {
    const stored = await this.dependencies.database.inTenant(tenantId, (transaction) => readReceivedDocumentContent(transaction, receivedDocumentId));
    if (stored === null) throw missing('document', receivedDocumentId);
    return previewLockbox(stored.content, profile);
  }
}
