import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { Sourcing } from '#orders';
import { LocationLoads } from './read/location-loads.js';
import { SourcingPolicies } from './read/sourcing-policies.js';
import { ChangePolicyHandler } from './write/change-policy.js';
import { Loads } from './write/loads.js';
import { PolicySourcing } from './write/policy-sourcing.js';

/**
 * Orders ask it for their plans, so it is everywhere. Needs an {@link AvailabilityAdvice} and a {@link DataSource} from
 * the host, which also runs {@link SourcingPolicies} as a consumer.
 */
@Global()
@Module({
  imports: [CqrsModule, NetworkModule],
  providers: [
    SourcingPolicies,
    ChangePolicyHandler,
    { provide: Loads, useClass: LocationLoads },
    { provide: Sourcing, useClass: PolicySourcing },
  ],
  exports: [Sourcing, SourcingPolicies],
})
export class SourcingModule {}
