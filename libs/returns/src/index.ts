export * from './read/index.js';
export { returnCommands, returnRoutes } from './write/return-commands.js';
export { ReturnsModule } from './returns.module.js';
