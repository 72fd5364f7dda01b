import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkDirectory } from './read/network-directory.js';
import { NetworkLookup } from './read/network-lookup.js';
import { ChangeNetworkHandler } from './write/change-network.js';

/** Needs a {@link DeciderRunner} and an {@link EventStore} from the host, which also runs the directory as a consumer. */
@Module({
  imports: [CqrsModule],
  providers: [NetworkDirectory, NetworkLookup, ChangeNetworkHandler],
  exports: [NetworkDirectory, NetworkLookup],
})
export class NetworkModule {}
