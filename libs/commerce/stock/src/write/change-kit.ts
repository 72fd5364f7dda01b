import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { kit, type KitCommand, type KitEvent } from '../domain/kit.js';
import { KitDirectory } from '../read/kit-directory.js';

/** How long a command waits at most until {@link KitDirectory} has seen the change. */
const MAX_WAIT_MS = 5_000;

/** Sends one command to the stream of a kit. */
export class ChangeKit extends Command<Outcome<KitEvent>> {
  constructor(
    readonly command: KitCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

/**
 * Adds which component is itself a kit. Two kits that are defined at the same moment may still contain each other: kits are
 * expanded once only, so a kit within a kit is treated as a plain SKU without stock, and the outer kit is sold out until one
 * of them is defined again.
 */
@CommandHandler(ChangeKit)
export class ChangeKitHandler implements ICommandHandler<ChangeKit> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly kits: KitDirectory,
  ) {}

  /** @throws DomainError */
  async execute({ command, cause }: ChangeKit): Promise<Outcome<KitEvent>> {
    const outcome = await this.deciders.run(kit, command.data.sku, this.withNestedKit(command), cause);
    if (outcome.position !== undefined) await this.kits.waitUntilReached(outcome.position, MAX_WAIT_MS);
    return outcome;
  }

  private withNestedKit(command: KitCommand): KitCommand {
    if (command.type === 'RetireKit') return command;
    const { sku, components } = command.data;
    const nested =
      components.find((one) => this.kits.kit(one.sku))?.sku ?? this.kits.kitsWithAnyOf(new Set([sku]))[0]?.sku;
    return nested === undefined ? command : { type: 'DefineKit', data: { ...command.data, nested } };
  }
}
