export {
  goodsReturn,
  type ReturnCommand,
  type ReturnDetails,
  type ReturnEvent,
  type ReturnLine,
} from './domain/recorded-return.js';
export * from './read/index.js';
export { returnCommands, returnRoutes } from './write/return-commands.js';
export { ReturnsModule } from './returns.module.js';
