import {
  createParamDecorator,
  ForbiddenException,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiKeys } from './api-keys.js';
import { assertLocation, type Principal } from './principal.js';
import { type ApiScope } from './scopes.js';

interface Request {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params?: unknown;
  readonly query?: unknown;
  /** Set by {@link AccessGuard.authenticateEarly}. */
  authenticated?: Principal;
  principal?: Principal;
}

interface Named {
  readonly locationId?: unknown;
}

interface Reply {
  header(name: string, value: string): unknown;
}

const ACCESS = 'kontor:access';
export type Access = { readonly kind: 'public' | 'any-key' } | { readonly kind: 'scope'; readonly scope: ApiScope };
const access = (value: Access) => SetMetadata(ACCESS, value);

/** Allows the route, or every route of the controller, to keys with this scope. */
export const RequireScope = (scope: ApiScope) => access({ kind: 'scope', scope });

/** Allows any valid key. The handler must call `assertScope`, because the scope depends on the request. */
export const AnyKey = () => access({ kind: 'any-key' });

/** Allows requests without a key. */
export const Public = () => access({ kind: 'public' });

/** Injects the {@link Principal} as a parameter of a handler. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request>().principal,
);

/** What a route needs, as the decorators say: undefined if it is closed to everyone. */
export const accessOf = (controller: object, handler: object): Access | undefined =>
  [handler, controller]
    .map((target) => Reflect.getMetadata(ACCESS, target) as Access | undefined)
    .find((rule) => rule !== undefined);

const CHANNEL = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Denies by default: a route without one of the decorators above answers 403. Register it globally. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
  ) {}

  /**
   * For a hook that runs before the body is read, so that nobody without a key fills the memory.
   * @throws UnauthorizedException
   */
  async authenticateEarly(request: Request, reply: Reply): Promise<void> {
    request.authenticated = await this.authenticate(request, reply);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!route) throw new ForbiddenException('This route declares no access rule, so it is closed');
    if (route.kind === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const principal = request.authenticated ?? (await this.authenticate(request, http.getResponse<Reply>()));
    if (route.kind === 'scope' && !principal.scopes.has(route.scope)) {
      throw new ForbiddenException(`This key lacks the scope ${route.scope}`);
    }
    const { locationId } = { ...(request.query as Named), ...(request.params as Named) };
    if (typeof locationId === 'string') assertLocation(principal, locationId);
    request.principal = withChannel(principal, request.headers['kontor-channel']);
    return true;
  }

  private async authenticate({ headers }: Request, reply: Reply): Promise<Principal> {
    const { authorization = '' } = headers;
    const [, secret] = /^Bearer +(\S+)$/i.exec(String(authorization)) ?? [];
    const principal = secret === undefined ? undefined : await this.keys.authenticate(secret);
    if (principal) return principal;
    reply.header('WWW-Authenticate', `Bearer realm="kontor"${secret === undefined ? '' : ', error="invalid_token"'}`);
    throw new UnauthorizedException(
      secret === undefined ? 'Send an API key: Authorization: Bearer kontor_…' : 'This API key is not valid',
    );
  }
}

const withChannel = (principal: Principal, channel: string | string[] | undefined): Principal => {
  if (channel === undefined || channel === principal.channel) return principal;
  if (!principal.isStaff) throw new ForbiddenException(`This key acts for the channel ${principal.channel} only`);
  if (typeof channel !== 'string' || !CHANNEL.test(channel)) {
    throw new ForbiddenException('The header Kontor-Channel is not the id of a channel');
  }
  return { ...principal, channel };
};
