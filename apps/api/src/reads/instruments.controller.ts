import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '#access';
import { IssuedCode } from '#fields';
import { instrumentIdOf, storeCreditIdOf, type Digest } from '#kernel';
import { BlindIndex } from '#privacy';
import { Instruments } from '#vouchers';
import { ref } from '#schema';
import { readBody } from '../commands/body-reader.js';
import { answers } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { Fresh, MinPosition } from './fresh.guard.js';

class Coded {
  @IssuedCode('7KQW-9M2X-HTDA-44VZ') readonly code!: string;
}

/** What a code is good for. It is money to whoever knows it, so it is asked for in a body: addresses are written down. */
@ApiTags('vouchers')
@Controller('v1')
@RequireScope('vouchers:read')
@UseGuards(Fresh)
export class InstrumentsController {
  private readonly digest: Digest;

  constructor(
    private readonly instruments: Instruments,
    digests: BlindIndex,
  ) {
    this.digest = (kind, value) => digests.hash(kind, value);
  }

  @Post('gift-cards/lookup')
  @HttpCode(200)
  @MinPosition()
  @ApiBody({ type: Coded })
  @ApiOperation({ summary: 'What can be spent of the gift card of a code.' })
  @ApiOkResponse(answers(ref('GiftCard')))
  async giftCard(@Body() body: unknown) {
    const { code } = readBody(Coded, body);
    return found(await this.instruments.giftCard(instrumentIdOf('gift-card', code, this.digest)));
  }

  @Post('vouchers/lookup')
  @HttpCode(200)
  @MinPosition()
  @ApiBody({ type: Coded })
  @ApiOperation({ summary: 'What the voucher of a code is worth, and how often.' })
  @ApiOkResponse(answers(ref('Voucher')))
  async voucher(@Body() body: unknown) {
    const { code } = readBody(Coded, body);
    return found(await this.instruments.voucher(instrumentIdOf('voucher', code, this.digest)));
  }

  @Get('store-credit/:customerId/:currency')
  @MinPosition()
  @ApiOperation({ summary: 'What a customer can spend of their store credit.' })
  @ApiOkResponse(answers(ref('GiftCard')))
  async storeCredit(@Param('customerId') customerId: string, @Param('currency') currency: string) {
    return found(await this.instruments.giftCard(storeCreditIdOf(customerId, currency)));
  }
}

/** @throws Problem not-found */
const found = <Answer>(answer: Answer | undefined): Answer => {
  if (answer) return answer;
  throw new Problem('not-found', 'There is nothing of this code, or no store credit of this customer and currency.');
};
