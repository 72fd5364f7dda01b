import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RateLimiter, type Principal } from '#access';
import { Problem } from './problem.js';

/** Limits reads and writes of each key. It runs after the AccessGuard; public routes have no limit. */
@Injectable()
export class RateGuard implements CanActivate {
  constructor(private readonly limiter: RateLimiter) {}

  canActivate(context: ExecutionContext): boolean {
    const { method, principal } = context.switchToHttp().getRequest<FastifyRequest & { principal?: Principal }>();
    if (!principal) return true;
    const retryAfter = this.limiter.take(principal.keyId, method === 'GET' ? 'read' : 'write', performance.now());
    if (retryAfter === 0) return true;
    const detail = `Try again in ${retryAfter} s.`;
    throw new Problem('too-many-requests', detail, {}, { 'retry-after': String(retryAfter) });
  }
}
