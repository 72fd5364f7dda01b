import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope, type Principal } from '#access';
import { digested, IssuedCode } from '#fields';
import { instrumentIdOf, storeCreditIdOf, type Digest } from '#kernel';
import { BlindIndex } from '#privacy';
import { Instruments } from '#vouchers';
import { ref } from '#schema';
import { readBody } from '../commands/body-reader.js';
import { answers } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { WrongCodes } from './wrong-codes.js';

export class CodeLookup {
  @IssuedCode('7KQW-9M2X-HTDA-44VZ', digested('Anyone who knows the code can spend the money.')) readonly code!: string;
}

/** Looks up instruments by code. Knowing a code is enough to spend it, so it is sent in the body: URLs are logged. */
@ApiTags('vouchers')
@Controller('v1')
@RequireScope('vouchers:read')
@UseGuards(MinPositionGuard)
export class InstrumentsController {
  private readonly digest: Digest;

  constructor(
    private readonly instruments: Instruments,
    private readonly wrongCodes: WrongCodes,
    digests: BlindIndex,
  ) {
    this.digest = (kind, value) => digests.hash(kind, value);
  }

  @Post('gift-cards/lookup')
  @HttpCode(200)
  @MinPosition()
  @ApiBody({ type: CodeLookup })
  @ApiOperation({ summary: 'The gift card with this code, and what can be spent of it.' })
  @ApiOkResponse(answers(ref('GiftCard')))
  async giftCard(@Body() body: unknown, @Caller() { keyId }: Principal) {
    const id = instrumentIdOf('gift-card', readBody(CodeLookup, body).code, this.digest);
    return found(await this.wrongCodes.count(keyId, () => this.instruments.giftCard(id)));
  }

  @Post('vouchers/lookup')
  @HttpCode(200)
  @MinPosition()
  @ApiBody({ type: CodeLookup })
  @ApiOperation({ summary: 'The voucher with this code: its value and remaining uses.' })
  @ApiOkResponse(answers(ref('Voucher')))
  async voucher(@Body() body: unknown, @Caller() { keyId }: Principal) {
    const id = instrumentIdOf('voucher', readBody(CodeLookup, body).code, this.digest);
    return found(await this.wrongCodes.count(keyId, () => this.instruments.voucher(id)));
  }

  @Get('store-credit/:customerId/:currency')
  @MinPosition()
  @ApiOperation({ summary: 'The store credit of a customer, and what can be spent of it.' })
  @ApiOkResponse(answers(ref('GiftCard')))
  async storeCredit(@Param('customerId') customerId: string, @Param('currency') currency: string) {
    return found(await this.instruments.giftCard(storeCreditIdOf(customerId, currency)));
  }
}

/** @throws Problem not-found */
const found = <Answer>(answer: Answer | undefined): Answer => {
  if (answer) return answer;
  throw new Problem('not-found', 'No instrument has this code, or the customer has no store credit in this currency.');
};
