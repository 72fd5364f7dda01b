import { Controller, Get, Query as QueryString, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { assertScope, Caller, RequireScope, type Principal } from '#access';
import { EventStore, type Position } from '#event-store';
import { feedKinds } from '#registry';
import { ref } from '#schema';
import { POSITION } from '../docs/parameters.js';
import { answers } from '../docs/shapes.js';
import { invalid, position } from '../http/headers.js';
import { one, type Query } from '../reads/query.js';
import { Feed } from './feed.js';

@ApiTags('feed')
@Controller('v1/feed')
@RequireScope('feed:read')
export class FeedController {
  constructor(
    private readonly feed: Feed,
    private readonly store: EventStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Events as they happen (server-sent events), without personal fields.' })
  @ApiQuery({
    name: 'categories',
    required: false,
    schema: { type: 'array', minItems: 1, items: { type: 'string', enum: Object.keys(feedKinds) } },
    explode: false,
    description: 'Comma-separated. Default: all that the key may see.',
  })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: POSITION,
    description: 'An id of this feed, or a value of Kontor-Position; 0 for all events. Default: only new events.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    schema: POSITION,
    description: 'The feed resumes after this position.',
  })
  @ApiOkResponse({
    description: 'One event per message: its id is the position, its event the type, its data this object.',
    content: { 'text/event-stream': answers(ref('Published')) },
  })
  async follow(
    @QueryString() query: Query,
    @Req() { headers }: FastifyRequest,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const categories = categoriesFor(one(query, 'categories'), principal);
    const last = position(headers['last-event-id'], 'Last-Event-ID') ?? position(one(query, 'after'), 'after');
    if (last !== undefined && !(await this.store.contains(last))) throw unknownPosition(last);
    const after = last ?? (await this.store.head());
    const place = this.feed.takePlace(principal);
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    reply.raw.write(`retry: 1000\nid: ${String(after)}\n\n`);
    void this.feed.send({ after, categories, principal, place }, reply.raw);
  }
}

/** For a position of a log that was since restored from an older backup, or an invented one. */
const unknownPosition = (position: Position) =>
  invalid('after', `names no event: ${String(position)}. Give an id of this feed, or 0 for all events`);

/** The requested categories, by default all that the key may see. @throws Problem, DomainError */
const categoriesFor = (text: string | undefined, principal: Principal): readonly string[] => {
  if (text === undefined) {
    return Object.keys(feedKinds).filter((category) => principal.scopes.has(feedKinds[category]?.scope ?? ''));
  }
  return text.split(',').map((category) => {
    const kind = Object.hasOwn(feedKinds, category) ? feedKinds[category] : undefined;
    if (!kind) throw invalid('categories', `must be among ${Object.keys(feedKinds).join(', ')}`);
    assertScope(principal, kind.scope);
    return category;
  });
};
