/** Checks the books against the log: every invariant that can be told from what is stored. */
export { Books } from './books.js';
export { type Violation } from './checker.js';
export { verify, type Finding, type Verification, type VerifyOptions } from './verify.js';
