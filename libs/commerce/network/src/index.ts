export { channel } from './domain/channel.js';
export { location } from './domain/location.js';
export * from './domain/network.js';
export { NetworkDirectory, type KnownChannel, type KnownLocation } from './read/network-directory.js';
export { NetworkLookup } from './read/network-lookup.js';
export { ChangeNetwork } from './write/change-network.js';
export { NetworkModule } from './network.module.js';
export { networkCapability } from './network.capability.js';
