import { type CommandContract } from '#event-store';
import { Problem } from '../http/problem.js';

/** Every command of every capability, by name. */
export class Catalogue {
  private readonly byName: ReadonlyMap<string, CommandContract>;

  constructor(readonly contracts: readonly CommandContract[]) {
    this.byName = new Map(contracts.map((contract) => [contract.name, contract]));
  }

  /** @throws Problem */
  find(name: string): CommandContract {
    const contract = this.byName.get(name);
    if (contract) return contract;
    throw new Problem('unknown-command', 'There is no such command: see /openapi.json for those that there are.');
  }
}
