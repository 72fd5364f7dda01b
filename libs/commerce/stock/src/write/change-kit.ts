import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { kit, type KitCommand, type KitEvent } from '../domain/kit.js';
import { KitDirectory } from '../read/kit-directory.js';

/** How long the writer waits until its own change is in view. */
const VISIBLE_MS = 5_000;

/** Asks a kit to carry out one command. */
export class ChangeKit extends Command<Outcome<KitEvent>> {
  constructor(
    readonly command: KitCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

/**
 * Adds which component is a kit. Two kits that are defined at the same moment may still name each other: kits are looked into
 * once only, so a kit in such a kit counts as a plain SKU, which has no stock, and is sold out until one of them is defined
 * anew.
 */
@CommandHandler(ChangeKit)
export class ChangeKitHandler implements ICommandHandler<ChangeKit> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly kits: KitDirectory,
  ) {}

  /** @throws DomainError */
  async execute({ command, cause }: ChangeKit): Promise<Outcome<KitEvent>> {
    const outcome = await this.deciders.run(kit, command.data.sku, this.complete(command), cause);
    if (outcome.position !== undefined) await this.kits.reached(outcome.position, VISIBLE_MS);
    return outcome;
  }

  private complete(command: KitCommand): KitCommand {
    if (command.type === 'RetireKit') return command;
    const { sku, components } = command.data;
    const nested = components.find((one) => this.kits.kit(one.sku))?.sku ?? this.kits.madeOf(new Set([sku]))[0]?.sku;
    return nested === undefined ? command : { type: 'DefineKit', data: { ...command.data, nested } };
  }
}
