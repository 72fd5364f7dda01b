export * from './dispatcher.js';
export * from './due-timer.js';
export * from './process.js';
export * from './process-inputs.js';
export * from './process-manager.capability.js';
export * from './process-runner.js';
export * from './process-status.js';
export * from './process-store.js';
export { processRefusals } from './refusal-stream.js';
