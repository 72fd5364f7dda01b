import { setTimeout as pause } from 'node:timers/promises';
import {
  type AllStreamRecordedEvent,
  binaryEvent,
  type EventData,
  EventStoreDBClient,
  jsonEvent,
  type Position,
  START,
} from '@eventstore/db-client';

/** Kinds of events that others write into a shared log. */
export const NOISES = ['foreign', 'statistics', 'links'] as const;
export type Noise = (typeof NOISES)[number];

/** A disturbance while a Kontor works. `drops`: all of its subscriptions are dropped once a second. */
export type Disturbance = Noise | 'drops';

/** From `KONTOR_TEST_NOISE`, a list such as `foreign,statistics,links,drops`. @throws Error when it names anything else */
export const requestedDisturbances = (): readonly Disturbance[] => {
  const named = (process.env['KONTOR_TEST_NOISE'] ?? '').split(',').filter(Boolean);
  const known: readonly string[] = [...NOISES, 'drops'];
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`KONTOR_TEST_NOISE knows ${known.join()}, but not ${unknown}`);
  return named as readonly Disturbance[];
};

const FOREIGN_PER_SECOND = 100;
const FOREIGN_EVERY_MS = 100;
const ITEMS = 50;
const STATISTICS_EVERY_MS = 1_000;
const LINKS_EVERY_MS = 100;
const LINKS_PAGE = 500;
const AGAIN_AFTER_MS = 200;

/** Whether a stream belongs to the other application. */
export const isForeign = (stream: string): boolean => /^(foreign|inventory)-/.test(stream);

/** Writers of noise into a log, which go on after the event store was killed and started again, until they are stopped. */
export class NoiseMakers {
  private readonly stopped = new AbortController();
  private readonly client: EventStoreDBClient;
  private readonly working: Promise<unknown>;

  /** @param url of the event store itself */
  constructor(url: string, noises: readonly Noise[]) {
    this.client = EventStoreDBClient.connectionString(url);
    this.working = Promise.all(noises.map((noise) => this.make(noise)));
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.working;
    await this.client.dispose();
  }

  private async make(noise: Noise) {
    const { signal } = this.stopped;
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
    const { everyMs, work } = MAKERS[noise](this.client);
    while (!signal.aborted) {
      // An append to a frozen server gets no answer until the server resumes, if ever.
      const worked = work().then(
        () => true,
        () => false,
      );
      const wait = (await Promise.race([worked, stopped])) ? everyMs : AGAIN_AFTER_MS;
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface Maker {
  readonly everyMs: number;
  /** Rejects when the event store does not answer. */
  readonly work: () => Promise<unknown>;
}

/** Events of another application, in one stream that all of its instances write, and in one stream for each item. */
const foreign = (client: EventStoreDBClient): Maker => {
  let count = 0;
  const one = () => {
    const stream = count++ % 2 === 0 ? 'foreign-1' : `inventory-${count % ITEMS}`;
    const event = jsonEvent({ type: 'ItemCounted', data: { count, text: 'another application' } });
    return client.appendToStream(stream, event);
  };
  const atOnce = (FOREIGN_PER_SECOND * FOREIGN_EVERY_MS) / 1000;
  return { everyMs: FOREIGN_EVERY_MS, work: () => Promise.all(Array.from({ length: atOnce }, one)) };
};

const QUEUES = ['MainQueue', 'Storage Writer', 'Index Committer', 'Worker #1', 'Worker #2', 'Subscriptions', 'Timer'];

/** The statistics that a server writes about itself. */
const statistics = (client: EventStoreDBClient): Maker => {
  const queue = (name: string) => ({
    [`es-queue-${name}-queueName`]: name,
    [`es-queue-${name}-groupName`]: '',
    [`es-queue-${name}-avgItemsPerSecond`]: Math.round(Math.random() * 100),
    [`es-queue-${name}-avgProcessingTime`]: Math.random(),
    [`es-queue-${name}-currentIdleTime`]: '0:00:00:00.0155823',
    [`es-queue-${name}-idleTimePercent`]: 100 * Math.random(),
    [`es-queue-${name}-length`]: 0,
    [`es-queue-${name}-lengthCurrentTryPeak`]: 1,
    [`es-queue-${name}-lengthLifetimePeak`]: 17,
    [`es-queue-${name}-totalItemsProcessed`]: Math.round(Math.random() * 100_000),
    [`es-queue-${name}-inProgressMessage`]: '<none>',
    [`es-queue-${name}-lastProcessedMessage`]: 'SchedulerMessage+TimerTick',
  });
  const process = { 'proc-id': 1, 'proc-mem': 104_857_600, 'proc-cpu': Math.random(), 'sys-freeMem': 8_589_934_592 };
  const work = () => {
    const data = Object.assign({}, process, ...QUEUES.map(queue)) as Record<string, string | number>;
    return client.appendToStream('$stats-127.0.0.1:2113', jsonEvent({ type: '$statsCollected', data }));
  };
  return { everyMs: STATISTICS_EVERY_MS, work };
};

/** The links that the standard projections write. */
const links = (client: EventStoreDBClient): Maker => {
  let last: Position | undefined;
  const work = async () => {
    const page = await pageAfter(client, last);
    const ofApplications = page.filter(({ streamId }) => !streamId.startsWith('$'));
    const byStream = Map.groupBy(ofApplications.flatMap(linksTo), ({ stream }) => stream);
    const append = ([stream, all]: [string, readonly Link[]]) =>
      client.appendToStream(
        stream,
        all.map(({ event }) => event),
      );
    await Promise.all(byStream.entries().map(append));
    last = page.at(-1)?.position ?? last;
  };
  return { everyMs: LINKS_EVERY_MS, work };
};

const pageAfter = async (client: EventStoreDBClient, last: Position | undefined) => {
  const page: AllStreamRecordedEvent[] = [];
  for await (const { event } of client.readAll({ fromPosition: last ?? START, maxCount: LINKS_PAGE })) {
    if (event && event.position.commit !== last?.commit) page.push(event);
  }
  return page;
};

interface Link {
  readonly stream: string;
  readonly event: EventData;
}

const linksTo = ({ streamId, revision, type, id, metadata }: AllStreamRecordedEvent): readonly Link[] => {
  const link = (stream: string, what: string, type = '$>') => ({
    stream,
    event: binaryEvent({ type, data: Buffer.from(what), metadata: { $o: streamId, $causedBy: id } }),
  });
  const target = `${revision}@${streamId}`;
  const [, category] = /^([^-]+)-/.exec(streamId) ?? [];
  const correlation = (metadata as { correlationId?: string } | undefined)?.correlationId;
  return [
    link(`$et-${type}`, target),
    ...(category === undefined ? [] : [link(`$ce-${category}`, target)]),
    ...(correlation === undefined ? [] : [link(`$bc-${correlation}`, target)]),
    ...(revision === 0n ? [link('$streams', target)] : []),
    ...(revision === 0n && category !== undefined ? [link(`$category-${category}`, streamId, '$@')] : []),
  ];
};

const MAKERS = { foreign, statistics, links };
