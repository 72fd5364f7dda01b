export { channel } from './domain/channel.js';
export { location } from './domain/location.js';
export * from './domain/network.js';
export { NetworkDirectory, type KnownChannel, type KnownLocation } from './read/network-directory.js';
