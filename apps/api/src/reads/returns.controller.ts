import { Controller, Get, Param, Query as QueryString, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Caller, readScope, RequireScope, type Principal } from '#access';
import { Returns, RETURN_STATES } from '#returns';
import { ref } from '#schema';
import { WithETag, IdParameter, Limit } from '../docs/parameters.js';
import { answers, itemsOf } from '../docs/shapes.js';
import { etag, sendTagged } from '../http/conditional.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { id, limit, oneOf, type Query } from './query.js';

const MAX_PAGE_SIZE = 200;

/** A channel sees the returns that were requested or recorded through it, staff see all. A store finds others by their id. */
@ApiTags('returns')
@Controller('v1/returns')
@RequireScope('returns:manage')
@UseGuards(MinPositionGuard)
export class ReturnsController {
  constructor(private readonly returns: Returns) {}

  @Get()
  @MinPosition()
  @ApiQuery({ name: 'state', required: false, enum: RETURN_STATES })
  @IdParameter('orderId')
  @IdParameter('locationId', 'The location where goods last arrived.')
  @Limit(MAX_PAGE_SIZE)
  @ApiOperation({ summary: 'Returns, the oldest first.' })
  @ApiOkResponse(answers(itemsOf('Return')))
  async list(@QueryString() query: Query, @Caller() principal: Principal) {
    const [orderId, locationId, state] = [
      id(query, 'orderId'),
      id(query, 'locationId'),
      oneOf(query, 'state', RETURN_STATES),
    ];
    const filter = { ...(orderId && { orderId }), ...(locationId && { locationId }), ...(state && { state }) };
    return { items: await this.returns.listReturns(readScope(principal), filter, limit(query, MAX_PAGE_SIZE)) };
  }

  @Get(':returnId')
  @MinPosition()
  @WithETag()
  @ApiOperation({ summary: 'A return: its goods, their locations and its refund.' })
  @ApiOkResponse(answers(ref('Return')))
  async get(
    @Param('returnId') returnId: string,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const scope = principal.scopes.has('returns:in-store') ? { channel: '*' } : readScope(principal);
    const found = await this.returns.findReturn(scope, returnId);
    if (!found) throw new Problem('not-found', `There is no return ${returnId} that this key may see.`);
    sendTagged(request, reply, etag(found.revision), found);
  }
}
