import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DECORATORS } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { invalid } from './headers.js';

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/**
 * Refuses parameters of the query that the documentation of a route does not name, because a filter that is not applied
 * answers with what nobody asked for, and ids and values with control characters, which no database holds.
 */
@Injectable()
export class ParametersGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { query, params } = context.switchToHttp().getRequest<FastifyRequest>();
    const documented = this.reflector.get<readonly { in: string; name: string }[] | undefined>(
      DECORATORS.API_PARAMETERS,
      context.getHandler(),
    );
    const known = (documented ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    checkNames(Object.keys(query as Parameters), known);
    checkTexts(params as Parameters);
    checkTexts(query as Parameters);
    return true;
  }
}

/** @throws Problem */
const checkNames = (names: readonly string[], known: readonly string[]) => {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const others = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  throw invalid(unknown, `is no parameter of this path: ${others}`);
};

/** @throws Problem */
const checkTexts = (parameters: Parameters) => {
  for (const [name, value] of Object.entries(parameters)) {
    if ([value].flat().some((text) => /\p{C}/u.test(text))) throw invalid(name, 'may not have control characters');
  }
};
