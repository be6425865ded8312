import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { allows, ApiKeys, type Caller, type Permission } from '#access';
import { ProblemError } from './problem.js';

const PERMISSION = 'tributary.permission';
const PUBLIC = 'tributary.public';

/** What a caller must be allowed to do here. Without it a route asks for `read` on GET and is refused to everybody otherwise: nothing is open by oversight. */
export const Needs = (permission: Permission): MethodDecorator => SetMetadata(PERMISSION, permission);
/** No key needed: health, the API's own description. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

interface AuthenticatedRequest extends Request {
  caller?: Caller;
}

/** The caller behind the API key. */
export const CallerOf = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (caller === undefined) throw new Error('a route that wants its caller must not be public');
  return caller;
});

/** `Authorization: Bearer <API key>`, then the permission of the route. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(private readonly apiKeys: ApiKeys, private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets) === true) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await this.#callerOf(request);
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, targets) ?? (request.method === 'GET' ? 'read' : 'administer');
    if (!allows(caller.roles, permission)) {
      throw new ProblemError({ type: '/problems/forbidden', title: 'Forbidden', status: 403, detail: `the key "${caller.name}" may not ${permission}; its roles are ${caller.roles.join(', ') || 'none'}` });
    }
    request.caller = caller;
    return true;
  }

  async #callerOf(request: Request): Promise<Caller> {
    const [scheme, key] = (request.headers.authorization ?? '').split(' ');
    const caller = scheme?.toLowerCase() === 'bearer' && key !== undefined ? await this.apiKeys.authenticate(key) : null;
    if (caller === null) throw new ProblemError({ type: '/problems/unauthenticated', title: 'Unauthenticated', status: 401, detail: 'send a valid API key as "Authorization: Bearer trb_..."' });
    return caller;
  }
}
