import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { Sourcing } from '#orders';
import { CachedLocationLoads } from './read/cached-location-loads.js';
import { SourcingPolicies } from './read/sourcing-policies.js';
import { ChangePolicyHandler } from './write/change-policy.js';
import { LocationLoads } from './write/location-loads.js';
import { PolicySourcing } from './write/policy-sourcing.js';

/**
 * Global, because the orders capability asks it for plans. Needs an {@link AvailabilityAdvice} and a {@link DataSource}
 * from the host, which also runs {@link SourcingPolicies} as a consumer.
 */
@Global()
@Module({
  imports: [CqrsModule, NetworkModule],
  providers: [
    SourcingPolicies,
    ChangePolicyHandler,
    { provide: LocationLoads, useClass: CachedLocationLoads },
    { provide: Sourcing, useClass: PolicySourcing },
  ],
  exports: [Sourcing, SourcingPolicies],
})
export class SourcingModule {}
