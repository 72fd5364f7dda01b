export { SourcingPolicies, type PolicyVersion } from './sourcing-policies.js';
