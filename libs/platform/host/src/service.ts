export { createHttpHost, type Health, listenAt, type Readiness } from './http-host.js';
export { createLog, type LogFunction, type Logger } from './log.js';
export { type LabeledValues, MetricsRegistry } from './metrics.js';
export { NestLog } from './nest-log.js';
