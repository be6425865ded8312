import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail, type Caller } from '#access';
import { Connections, type ConnectionRecord } from '#connections';
import { Database, type SyncKind, type SyncRun } from '#storage';
import { SyncService } from '#sync';
import { conflict, notFound } from '../../http/problem.js';
import { actorOf, WAKE, type Wake } from '../tokens.js';

/** Puts runs in line for the routes that start one: the connection is this tenant's and may run, the trace is kept, a worker is woken. */
@Injectable()
export class SyncRequests {
  constructor(
    private readonly connections: Connections, private readonly sync: SyncService, private readonly audit: AuditTrail, private readonly database: Database,
    @Inject(WAKE) private readonly wake: Wake,
  ) {}

  /** @throws ProblemError 404 for a connection this tenant does not have, 409 for a paused one. */
  async request(caller: Caller, connectionId: string, kind: SyncKind): Promise<SyncRun> {
    const connection = await this.connection(caller, connectionId);
    if (connection.status === 'paused') throw conflict(`connection "${connection.name}" is paused (${connection.pausedBecause ?? 'no reason was given'}): resume it first`);
    const run = await this.sync.request(caller.tenantId, connectionId, kind, actorOf(caller));
    await this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, {
      actor: actorOf(caller), action: 'sync.requested', subject: `connection/${connectionId}`, detail: { kind, runId: run.id },
    }));
    await this.wake.wakeSync(caller.tenantId, connectionId);
    return run;
  }

  /** The connection, if it is this tenant's. A foreign key alone would take any tenant's: constraints do not see row-level security. */
  async connection(caller: Caller, connectionId: string): Promise<ConnectionRecord> {
    const connection = await this.connections.get(caller.tenantId, connectionId);
    if (connection === null) throw notFound('connection', connectionId);
    return connection;
  }
}
