import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, readScope, RequireScope, type Principal } from '#access';
import { CustomerContacts, Customers } from '#customers';
import { ref } from '#schema';
import { answers } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';

/** For staff only: no channel lists customers or looks them up. */
@ApiTags('customers')
@Controller('v1/customers')
@RequireScope('customers:read')
@UseGuards(MinPositionGuard)
export class CustomersController {
  constructor(
    private readonly customers: Customers,
    private readonly contacts: CustomerContacts,
  ) {}

  @Get(':customerId')
  @MinPosition()
  @ApiOperation({ summary: 'A customer over all channels.' })
  @ApiOkResponse(answers(ref('Customer')))
  async get(@Param('customerId') customerId: string, @Caller() principal: Principal) {
    const customer = await this.customers.findCustomer(readScope(principal), customerId);
    if (!customer) throw new Problem('not-found', `There is no customer ${customerId}.`);
    return { ...customer, contact: await this.contacts.contactOf(customerId) };
  }
}
