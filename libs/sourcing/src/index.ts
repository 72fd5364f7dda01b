export * from './read/index.js';
export { sourcingCommands, sourcingRoutes } from './write/sourcing-commands.js';
export { SourcingModule } from './sourcing.module.js';
