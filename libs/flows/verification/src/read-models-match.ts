import { START } from '#event-store';
import { type AuditedReadModel } from '#projections';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';

export class ReadModelsMatch extends Checker {
  override readonly invariant = invariants.readModelsMatch;

  override check(): void {
    return; // #projections folds the events; only the result is compared here
  }

  compare(audited: readonly AuditedReadModel[]): void {
    for (const { name, live, fresh, differences } of audited) {
      const stream = `read.${name}`;
      this.checked += fresh.rows;
      for (const { key, live: difference, position } of differences) {
        this.report({ stream, revision: -1, position }, `The row ${key} is ${difference}`);
      }
      if (differences.length === 0 && live.digest !== fresh.digest) {
        this.report({ stream, revision: -1, position: START }, 'The digest differs, though no row does');
      }
    }
  }
}
