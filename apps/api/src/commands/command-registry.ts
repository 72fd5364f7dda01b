import { type CommandContract } from '#event-store';
import { Problem } from '../http/problem.js';

const MAX_SHOWN_CHARACTERS = 64;

/** Every command of every capability, by name. */
export class CommandRegistry {
  private readonly byName: ReadonlyMap<string, CommandContract>;

  constructor(readonly contracts: readonly CommandContract[]) {
    this.byName = new Map(contracts.map((contract) => [contract.name, contract]));
  }

  /** @throws Problem */
  find(name: string): CommandContract {
    const contract = this.byName.get(name);
    if (contract) return contract;
    const shown = name.slice(0, MAX_SHOWN_CHARACTERS);
    throw new Problem('unknown-command', `There is no command ${shown}. /openapi.json lists all commands.`);
  }
}
