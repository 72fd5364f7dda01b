import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, readScope, RequireScope, type Principal } from '#access';
import { Payments } from '#payments';
import { ref } from '#schema';
import { answers, itemsOf } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';

/** A channel sees the payments that were requested through it, staff see all. */
@ApiTags('payments')
@Controller('v1')
@RequireScope('payments:read')
@UseGuards(MinPositionGuard)
export class PaymentsController {
  constructor(private readonly payments: Payments) {}

  @Get('orders/:orderId/payments')
  @MinPosition()
  @ApiOperation({ summary: 'The payments of an order, one per tender.' })
  @ApiOkResponse(answers(itemsOf('Payment')))
  async ofOrder(@Param('orderId') orderId: string, @Caller() principal: Principal) {
    return { items: await this.payments.listForOrder(readScope(principal), orderId) };
  }

  @Get('payments/:paymentId')
  @MinPosition()
  @ApiOperation({ summary: 'A payment with its ledger.' })
  @ApiOkResponse(answers(ref('PaymentWithLedger')))
  async get(@Param('paymentId') paymentId: string, @Caller() principal: Principal) {
    const found = await this.payments.get(readScope(principal), paymentId);
    if (!found) throw new Problem('not-found', `There is no payment ${paymentId} that this key may see.`);
    return found;
  }
}
