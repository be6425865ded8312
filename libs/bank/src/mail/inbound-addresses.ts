import { randomInt } from 'node:crypto';
import type { AuditTrail } from '#access';
import { type Database, type InboundAddressRecord, insertInboundAddress, listInboundAddresses, revokeInboundAddress, tenantOfInboundAddress } from '#storage';
import { BankError, type BankProblem, checkText, missing, refuseIfAny } from '../bank-error.js';
import { NAME_LENGTH_MAX } from '../bank-limits.js';

/** Letters and digits nobody mistakes for another when an address is read out. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 31^16 addresses: nobody finds one by trying. */
const RANDOM_LENGTH = 16;
/** Characters of the name that begin the address, for people to tell addresses apart. */
const SPEAKING_LENGTH_MAX = 24;

/** Addresses at which payers' mails come in. Whoever knows one may send, so it is random, and can be revoked. */
export class InboundAddresses {
  constructor(private readonly dependencies: { readonly database: Database; readonly audit: AuditTrail }) {}

  /** @throws BankError invalid for an unusable name. */
  async create(tenantId: string, name: string, by: string): Promise<InboundAddressRecord> {
    const problems: BankProblem[] = [];
    checkText('name', name, NAME_LENGTH_MAX, problems);
    refuseIfAny(problems);
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const address = await insertInboundAddress(transaction, { name, localPart: localPartOf(name), createdBy: by });
      if (address === null) throw new BankError('conflict', [{ field: '', problem: 'two addresses came out alike: ask again' }]);
      await this.dependencies.audit.append(transaction, { actor: by, action: 'inboundAddress.create', subject: `inboundAddress/${address.id}`, detail: { name } });
      return address;
    });
  }

  list(tenantId: string): Promise<readonly InboundAddressRecord[]> {
    return this.dependencies.database.inTenant(tenantId, listInboundAddresses);
  }

  /** From now on mails to it are refused. @throws BankError missing */
  async revoke(tenantId: string, id: string, by: string): Promise<void> {
    await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const address = await revokeInboundAddress(transaction, id);
      if (address === null) throw missing('inbound address', id);
      await this.dependencies.audit.append(transaction, { actor: by, action: 'inboundAddress.revoke', subject: `inboundAddress/${id}`, detail: { name: address.name } });
    });
  }

  /** Whose address it is; null for one nobody has. */
  tenantOf(localPart: string): Promise<string | null> {
    return tenantOfInboundAddress(this.dependencies.database, localPart);
  }
}

function localPartOf(name: string): string {
  const speaking = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, SPEAKING_LENGTH_MAX).replace(/-+$/, '');
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return speaking === '' ? random : `${speaking}-${random}`;
}
