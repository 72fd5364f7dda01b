/** Checks every invariant that can be decided from what is stored. */
export { InvariantChecks } from './invariant-checks.js';
export { type Invariant, invariants } from './invariants.js';
export { type DiscrepancyGroup, type Violation } from './checker.js';
export { verify, type Finding, type Verification, type VerifyOptions } from './verify.js';
