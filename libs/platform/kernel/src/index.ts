export * from './events.js';
export * from './ids.js';
export * from './instruments.js';
export * from './keyed-queue.js';
export * from './message.js';
export * from './money.js';
export * from './random.js';
export * from './retry-delay.js';
