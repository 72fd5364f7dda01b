export * from './domain/policy.js';
export { sourcingPolicy } from './domain/sourcing-policy.js';
export * from './read/index.js';
export { PolicySourcing } from './write/policy-sourcing.js';
export { type WhatIfReport } from './read/comparison.js';
export { WhatIf, whatIfCategories, type Period } from './read/what-if.js';
export { PublishSourcingPolicyDto } from './write/policy.dtos.js';
export { sourcingCommands, sourcingRoutes } from './write/sourcing-commands.js';
export { SourcingModule } from './sourcing.module.js';
