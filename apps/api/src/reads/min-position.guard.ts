import { applyDecorators, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { EventStore } from '#event-store';
import { PositionWaiter } from '#projections';
import { POSITION } from '../docs/parameters.js';
import { invalid, position } from '../http/headers.js';
import { Problem } from '../http/problem.js';

const MAX_WAIT_MS = 5000;

/** Lets callers read their own writes: a read waits for `Kontor-Min-Position` and answers with the position of the read model. */
@Injectable()
export class MinPositionGuard implements CanActivate {
  constructor(
    private readonly readModel: PositionWaiter,
    private readonly store: EventStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const wanted = position(http.getRequest<FastifyRequest>().headers['kontor-min-position'], 'Kontor-Min-Position');
    if (wanted !== undefined && !(await this.readModel.reached(wanted, MAX_WAIT_MS))) {
      if (!(await this.store.contains(wanted))) throw invalid('Kontor-Min-Position', 'names no event of the log');
      const detail = `The read model has not reached position ${String(wanted)} yet.`;
      throw new Problem('not-caught-up', detail, { position: this.readModel.position }, { 'retry-after': '1' });
    }
    void http.getResponse<FastifyReply>().header('kontor-position', String(this.readModel.position));
    return true;
  }
}

export const MinPosition = () =>
  applyDecorators(
    ApiHeader({
      name: 'Kontor-Min-Position',
      required: false,
      schema: POSITION,
      description:
        'Wait until the read model has reached this position, at most 5 s. A write answers its position in Kontor-Position.',
    }),
  );
