/** For specs: processes over an in-memory log, with a crash wherever the spec wants one. */
import { streamTypes } from '#registry';
import {
  type AnyStreamType,
  Decide,
  DeciderRunner,
  type Outcome,
  type Recorded,
  type StreamType,
  type Position,
  START,
} from '#event-store';
import { type AnyProcess, type Cause, DomainError, type Intent, type Message } from '#kernel';
import { order, type OrderCommand } from '#orders';
import { goodsReturn, type ReturnCommand } from '#returns';
import { ChangeStock, stockItem, streamIdOfStock, type StockCommand } from '#stock';
import { aCause, InMemoryEventStore, plainPersonalData } from '#testing';
import { type AnyRoute, type Dispatched } from './dispatcher.js';
import { ProcessRunner } from './process-runner.js';
import {
  type Changes,
  type InstanceRow,
  type ParkedInstance,
  ProcessStore,
  type Resumed,
  TakenOver,
  type WaitingInstance,
} from './process-store.js';
import { routes } from './routes.js';

const allRoutes: Readonly<Record<string, AnyRoute>> = routes;

export class InMemoryProcessStore extends ProcessStore {
  private position = START;
  private epoch = 0;
  private readonly instances = new Map<string, InstanceRow>();
  readonly parked = new Map<string, WaitingInstance>();

  override resume(): Promise<Resumed> {
    this.epoch++;
    const { position, epoch } = this;
    return Promise.resolve({
      position,
      epoch,
      instances: structuredClone([...this.instances.values()].filter((row) => row.position > position)),
      parked: [...this.parked.values()],
    });
  }

  override load(process: string, instance: string): Promise<InstanceRow | undefined> {
    return Promise.resolve(structuredClone(this.instances.get(`${process}/${instance}`)));
  }

  override save(at: { position: Position; epoch: number }, changes: Changes): Promise<void> {
    if (at.epoch !== this.epoch) return Promise.reject(new TakenOver('another runner'));
    this.position = at.position;
    for (const row of structuredClone(changes.changed)) this.keep(row);
    for (const one of changes.unparked) this.parked.delete(`${one.process}/${one.instance}`);
    for (const one of changes.parked) this.park(one);
    for (const { process, instance, ...event } of changes.held) this.hold(`${process}/${instance}`, event);
    return Promise.resolve();
  }

  private keep(row: InstanceRow) {
    if (row.state) this.instances.set(`${row.process}/${row.instance}`, row);
    else this.instances.delete(`${row.process}/${row.instance}`);
  }

  private park(one: ParkedInstance) {
    const key = `${one.process}/${one.instance}`;
    const held = this.parked.get(key)?.held ?? [];
    this.parked.set(key, { ...one, held: held.filter(({ position }) => position > one.position) });
  }

  private hold(key: string, event: WaitingInstance['held'][number]) {
    const one = this.parked.get(key);
    if (!one) throw new Error(`${key} is not parked`);
    const held = [...one.held.filter(({ position }) => position !== event.position), event];
    this.parked.set(key, { ...one, held: held.toSorted((a, b) => (a.position < b.position ? -1 : 1)) });
  }

  get running() {
    return [...this.instances.keys()];
  }
}

/** When the `at`-th dispatch happens, die before or after its effect. */
export interface CrashPoint {
  readonly at: number;
  readonly moment: 'before' | 'after';
}

export class ProcessHarness {
  readonly store = new InMemoryEventStore();
  readonly memory = new InMemoryProcessStore();
  dispatches = 0;
  /** Dispatch that fails for another reason than a crash, while it is set. */
  broken: ((intent: Intent) => boolean) | undefined;
  /** Stands for a handler of the bus that does more than decide; undefined leaves the message to the streams. */
  handler: ((message: object, deciders: DeciderRunner) => Promise<Outcome> | undefined) | undefined;
  /** Dispatch that is refused while it is set. */
  refused: ((intent: Intent) => boolean) | undefined;
  private deciders = new DeciderRunner(this.store, plainPersonalData);

  constructor(
    private readonly processes: readonly AnyProcess[],
    private readonly batchSize: number,
  ) {}

  stock(sku: string, locationId: string, command: StockCommand, cause: Partial<Cause> = {}): Promise<Outcome> {
    return this.deciders.run(stockItem, `${sku}~${locationId}`, command, aCause(cause));
  }

  order(command: OrderCommand, cause: Partial<Cause> = {}): Promise<Outcome> {
    return this.deciders.run(order, command.data.orderId, command, aCause(cause));
  }

  comeback(command: ReturnCommand): Promise<Outcome> {
    return this.deciders.run(goodsReturn, command.data.returnId, command, aCause());
  }

  /** Anybody's command to any stream. */
  tell(type: AnyStreamType, id: string, command: Message, cause: Partial<Cause> = {}): Promise<Outcome> {
    return this.deciders.run(type as StreamType<unknown, Message, Message>, id, command, aCause(cause));
  }

  /** Runs until nothing is left to do; starts anew after a crash, remembering only what was saved. */
  async settle(crash?: CrashPoint): Promise<void> {
    this.dispatches = 0;
    if (await this.runOnce(crash)) return;
    this.deciders = new DeciderRunner(this.store, plainPersonalData);
    if (!(await this.runOnce(undefined))) throw new Error('It died twice');
  }

  /** @returns whether it lived to the end */
  private async runOnce(crash: CrashPoint | undefined): Promise<boolean> {
    const stop = new AbortController();
    const death = new Promise<boolean>((resolve) => {
      this.die = () => {
        stop.abort();
        resolve(false);
      };
    });
    const dispatcher = { send: (intent: Intent, cause: Cause) => this.send(intent, cause, crash) };
    const options = { deciders: this.deciders, dispatcher, store: this.store, streamTypes, saveEveryMs: 0, tries: 3 };
    const runner = new ProcessRunner(this.processes, this.memory, options);
    return Promise.race([death, this.consume(runner, stop)]);
  }

  private async consume(runner: ProcessRunner, stop: AbortController) {
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

  private async send(intent: Intent, cause: Cause, crash: CrashPoint | undefined): Promise<Dispatched> {
    const dies = this.dispatches++ === crash?.at;
    if (this.broken?.(intent)) throw new TypeError('broken');
    const dispatched = dies && crash.moment === 'before' ? undefined : await this.carryOut(intent, cause);
    if (dispatched && !dies) return dispatched;
    this.die();
    return new Promise(() => undefined); // the dead do not go on
  }

  private async carryOut(intent: Intent, cause: Cause): Promise<Dispatched> {
    if (this.refused?.(intent)) throw new DomainError('location-not-found', 'No such location');
    const route = allRoutes[intent.type];
    if (!route) throw new TypeError(`Nobody carries out ${intent.type}`);
    const message = route.message(intent, cause);
    const outcome = await (this.handler?.(message, this.deciders) ?? this.decide(message));
    return { stream: route.stream(intent), outcome };
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
