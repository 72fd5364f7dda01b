import { freePort } from '#database';
import { TestEventStore } from '../support/test-event-store.js';
import { ClusterNode, type ClusterState, type NodeOptions } from './cluster-node.js';

export interface ClusterOptions {
  /** Default 500 ms. */
  readonly electionMs?: number;
  /** How far followers lag behind. Default 300 ms. */
  readonly lagMs?: number;
}

const NODES = 3;

/**
 * Three nodes of an event store over one log: a leader, and two followers that lag behind it, pass on appends, and name the
 * leader to a client that requires it. Nodes can be killed, frozen and started again. When the leader is gone, the others elect
 * one of themselves after a while, if they are a majority.
 */
export class SimulatedCluster implements ClusterState {
  leader: number | undefined;
  readonly nodes: readonly ClusterNode[];
  /** The nodes that the others believe to be alive. */
  private alive: ReadonlySet<number> = new Set();
  private election: NodeJS.Timeout | undefined;

  private constructor(
    private readonly log: TestEventStore,
    /** How long the nodes take to notice that one is gone and to elect a leader. */
    public electionMs: number,
    options: NodeOptions,
    readonly ports: readonly number[],
  ) {
    this.nodes = ports.map((port) => new ClusterNode(this, port, options));
  }

  static async start({ electionMs = 500, lagMs = 300 }: ClusterOptions = {}): Promise<SimulatedCluster> {
    const log = await TestEventStore.start();
    const ports = await Promise.all(Array.from({ length: NODES }, freePort));
    const cluster = new SimulatedCluster(log, electionMs, { log: new URL(log.url).host, lagMs }, ports);
    for (const node of cluster.nodes) await node.start();
    cluster.leader = cluster.ports[0];
    cluster.alive = new Set(cluster.ports);
    return cluster;
  }

  /** A connection string with these nodes, by default all. */
  url(...nodes: readonly number[]): string {
    const named = nodes.length > 0 ? nodes : this.nodes.keys().toArray();
    return `esdb://${named.map((index) => `127.0.0.1:${this.ports[index]}`).join(',')}?tls=false`;
  }

  /** Index of the leader, -1 while there is none. */
  get leading(): number {
    return this.leader === undefined ? -1 : this.ports.indexOf(this.leader);
  }

  /** All connections that clients have open. */
  get connections(): number {
    return this.nodes.reduce((sum, { connections }) => sum + connections, 0);
  }

  get canWrite(): boolean {
    return this.running.length > NODES / 2 && this.running.some(({ port }) => port === this.leader);
  }

  isAlive(port: number): boolean {
    return this.alive.has(port);
  }

  kill(index: number): void {
    this.nodes[index]?.kill();
    this.notice();
  }

  async restart(index: number): Promise<void> {
    await this.nodes[index]?.start();
    this.notice();
  }

  freeze(index: number): void {
    this.nodes[index]?.freeze();
    this.notice();
  }

  thaw(index: number): void {
    this.nodes[index]?.thaw();
    this.notice();
  }

  async close(): Promise<void> {
    clearTimeout(this.election);
    for (const node of this.nodes) node.close();
    await this.log.stop('SIGKILL');
  }

  private get running() {
    return this.nodes.filter(({ state }) => state === 'running');
  }

  private notice() {
    clearTimeout(this.election);
    this.election = setTimeout(() => this.elect(), this.electionMs);
  }

  private elect() {
    const running = this.running.map(({ port }) => port);
    this.alive = new Set(running);
    if (running.length < NODES / 2) this.leader = undefined;
    else if (this.leader === undefined || !running.includes(this.leader)) [this.leader] = running;
  }
}
