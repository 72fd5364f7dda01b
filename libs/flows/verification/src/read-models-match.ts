import { START } from '#event-store';
import { type Audited } from '#projections';
import { Checker } from './checker.js';

export class ReadModelsMatch extends Checker {
  override readonly invariant = 'I11';
  override readonly title = 'the rows of every read model are those of a fresh fold of the log';

  override see(): void {
    return; // the fold itself is in #projections
  }

  compare(audited: readonly Audited[]): void {
    for (const { name, live, fresh, differences } of audited) {
      this.checked += fresh.rows;
      for (const { key, live: how, position } of differences) {
        this.fail({ stream: `read.${name}`, revision: -1, position }, `The row ${key} is ${how}`);
      }
      if (differences.length === 0 && live.digest !== fresh.digest) {
        this.fail({ stream: `read.${name}`, revision: -1, position: START }, 'Its digest differs, though no row does');
      }
    }
  }
}
