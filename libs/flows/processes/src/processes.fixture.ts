/** For specs: processes over an in-memory log, with a crash wherever the spec wants one. */
import { expect } from '@jest/globals';
import { streamTypes } from '#registry';
import {
  type AnyStreamType,
  Decide,
  type DeciderRunner,
  type Outcome,
  type Recorded,
  START,
  type StreamType,
} from '#event-store';
import { type Cause, DomainError, type Message } from '#kernel';
import { order, OrderTokens, type OrderCommand } from '#orders';
import {
  type AnyProcess,
  BusDispatcher,
  type DispatchedCommand,
  foldProcesses,
  type FoldOptions,
  ProcessRunner,
  type WaitingInstance,
} from '#process-manager';
import { goodsReturn, type ReturnCommand } from '#returns';
import { ChangeStock, stockItem, streamIdOfStock, type StockCommand } from '#stock';
import { CallPaymentProvider, CallPaymentProviderHandler, type PaymentProvider } from '#payments';
import { aCause, InMemoryEventStore, InMemoryProcessStore, plainPersonalData, runnerOn } from '#testing';
import { type ProcessCommand } from './processes.js';
import { routes } from './routes.js';

/** `lost`: before or after by turns, and all states of processes are lost: they are made again from the log. */
export const CRASH_MOMENTS = ['before', 'after', 'lost'] as const;

/** When the `at`-th dispatch happens, die before or after its effect. */
export interface CrashPoint {
  readonly at: number;
  readonly moment: (typeof CRASH_MOMENTS)[number];
}

const isBeforeEffect = ({ at, moment }: CrashPoint) => moment === 'before' || (moment === 'lost' && at % 2 === 0);

/** The error says when and why; the time of an answer does not follow from the log. */
const placesOf = (parked: ReadonlyMap<string, WaitingInstance>) =>
  [...parked.values()].map((one) => ({ ...one, error: undefined }));

export class ProcessHarness {
  readonly store = new InMemoryEventStore();
  memory = new InMemoryProcessStore();
  dispatches = 0;
  /** Dispatch that fails for another reason than a crash, while it is set. */
  broken: ((command: Message) => boolean) | undefined;
  /** Stands for a handler of the bus that does more than decide; undefined leaves the message to the streams. */
  handler: ((message: object, deciders: DeciderRunner) => Promise<Outcome> | undefined) | undefined;
  /** Dispatch that is refused while it is set. */
  refused: ((command: Message) => boolean) | undefined;
  private deciders = runnerOn(this.store);
  private readonly bus = new BusDispatcher({ execute: (message) => this.execute(message) }, routes);

  constructor(
    private readonly processes: readonly AnyProcess<ProcessCommand>[],
    private readonly batchSize: number,
  ) {}

  /** From now on, payments are carried out by this provider. */
  connect(provider: PaymentProvider): void {
    this.handler = (message, deciders) =>
      message instanceof CallPaymentProvider ? this.pay(message, provider, deciders) : undefined;
  }

  /** Carries out one call of a payment provider, as the handler of the bus does. */
  pay(message: CallPaymentProvider, provider: PaymentProvider, deciders: DeciderRunner): Promise<Outcome> {
    const tokens = new OrderTokens(deciders, plainPersonalData);
    return new CallPaymentProviderHandler(deciders, provider, tokens).execute(message);
  }

  stock(sku: string, locationId: string, command: StockCommand, cause: Partial<Cause> = {}): Promise<Outcome> {
    return this.deciders.run(stockItem, `${sku}~${locationId}`, command, aCause(cause));
  }

  order(command: OrderCommand, cause: Partial<Cause> = {}): Promise<Outcome> {
    return this.deciders.run(order, command.data.orderId, command, aCause(cause));
  }

  goodsReturn(command: ReturnCommand): Promise<Outcome> {
    return this.deciders.run(goodsReturn, command.data.returnId, command, aCause());
  }

  run(type: AnyStreamType, id: string, command: Message, cause: Partial<Cause> = {}): Promise<Outcome> {
    return this.deciders.run(type as StreamType<unknown, Message, Message>, id, command, aCause(cause));
  }

  /** Runs until nothing is left to do. After a crash, it restarts from the stored state. */
  async settle(crash?: CrashPoint): Promise<void> {
    this.dispatches = 0;
    if (await this.runOnce(crash)) return this.expectSameFromLog();
    this.deciders = runnerOn(this.store);
    if (crash?.moment === 'lost') this.memory = await this.rebuilt();
    if (!(await this.runOnce(undefined))) throw new Error('The runner crashed twice');
  }

  /** The states as the log has them. @param live what is known of the live ones: nothing if they are lost */
  async rebuilt(live: FoldOptions<ProcessCommand>['live'] = { position: START, parked: [] }) {
    const staging = new InMemoryProcessStore();
    await foldProcesses(this.processes, staging, { store: this.store, streamTypes, routes, live });
    return staging;
  }

  private async expectSameFromLog() {
    const { rows, parked } = await this.rebuilt(await this.memory.resume());
    expect(rows).toEqual(this.memory.rows);
    expect(placesOf(parked)).toEqual(placesOf(this.memory.parked));
  }

  /** @returns whether it ended without a crash */
  private async runOnce(crash: CrashPoint | undefined): Promise<boolean> {
    const stop = new AbortController();
    const death = new Promise<boolean>((resolve) => {
      this.die = () => {
        stop.abort();
        resolve(false);
      };
    });
    const dispatcher = { send: (command: ProcessCommand, cause: Cause) => this.send(command, cause, crash) };
    const options = {
      deciders: this.deciders,
      dispatcher,
      store: this.store,
      streamTypes,
      saveEveryMs: 0,
      maxAttempts: 3,
    };
    const runner = new ProcessRunner(this.processes, this.memory, options);
    return Promise.race([death, this.consume(runner, stop)]);
  }

  private async consume(runner: ProcessRunner<ProcessCommand>, stop: AbortController) {
    const from = await runner.resume();
    const { categories } = runner;
    const { signal } = stop;
    for await (const batch of this.store.subscribe(from, { categories, batchSize: this.batchSize, signal })) {
      await runner.handle(batch);
      if (batch.position < (await this.store.head(categories))) continue;
      await runner.idle();
      if (batch.position >= (await this.store.head(categories))) stop.abort();
    }
    await runner.save();
    return true;
  }

  private die: () => void = () => undefined;

  private async send(command: ProcessCommand, cause: Cause, crash: CrashPoint | undefined): Promise<DispatchedCommand> {
    const dies = this.dispatches++ === crash?.at;
    if (this.broken?.(command)) throw new TypeError('broken');
    const dispatched = dies && isBeforeEffect(crash) ? undefined : await this.carryOut(command, cause);
    if (dispatched && !dies) return dispatched;
    this.die();
    return new Promise(() => undefined); // nothing comes back from a program that has crashed
  }

  private async carryOut(command: ProcessCommand, cause: Cause): Promise<DispatchedCommand> {
    if (this.refused?.(command)) throw new DomainError('location-not-found', 'No such location');
    return this.bus.send(command, cause);
  }

  private execute(message: object): Promise<Outcome> {
    return this.handler?.(message, this.deciders) ?? this.decide(message);
  }

  private decide(message: object): Promise<Outcome> {
    if (message instanceof ChangeStock) {
      const { sku, locationId, command, cause } = message;
      return this.deciders.run(stockItem, streamIdOfStock(sku, locationId), command, cause);
    }
    if (!(message instanceof Decide)) throw new TypeError(`No handler for ${message.constructor.name}`);
    const { type, id, command, cause } = message;
    return this.deciders.run(type as StreamType<unknown, Message, Message>, id, command, cause);
  }

  /** Everything in the log of some streams, oldest first. */
  async log(...streams: string[]): Promise<Recorded[]> {
    const all: Recorded[] = [];
    for (const stream of streams) for await (const recorded of this.store.read(stream)) all.push(recorded);
    return all;
  }
}
