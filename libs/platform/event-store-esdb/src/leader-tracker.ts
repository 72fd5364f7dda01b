import { setTimeout as pause } from 'node:timers/promises';
import { type ClusterView, Gossip } from './gossip.js';
import { type ConnectionSettings } from './connection-settings.js';
import { StoreUnavailable } from './store-unavailable.js';

const WATCH_EVERY_MS = 1_000;
const SEARCH_EVERY_MS = 250;

/**
 * Tracks the leader of a cluster. The official client asks the nodes one after the other, never leaves the node that it has found,
 * and forgets with each connection which nodes did not answer. This one asks all at once, and again after each failure.
 */
export class LeaderTracker {
  /** `host:port`; undefined while it is not known. */
  private leader: string | undefined;
  /** The former leader, after a failure. It is followed again only if it says itself that it leads. */
  private suspect: string | undefined;
  private searching: Promise<string | undefined> | undefined;
  private isWatching = false;
  /** Whether a node has refused a call because another one leads, so that there is a cluster. */
  private hasRefused = false;
  private readonly gossip: Gossip;
  private readonly closing = new AbortController();

  constructor(
    private readonly settings: ConnectionSettings,
    /** Is called when another node leads, before the first call goes there. */
    private readonly onMove: () => void,
  ) {
    this.gossip = new Gossip(settings);
    // A single node is assumed to lead until it says otherwise.
    if (!settings.isCluster) [this.leader] = settings.nodes;
  }

  get isCluster(): boolean {
    return this.settings.isCluster || this.hasRefused || this.gossip.nodes.length > 1;
  }

  get nodes(): readonly string[] {
    return this.gossip.nodes;
  }

  /** The leader; waits while there is none. @throws StoreUnavailable when there is none within the time */
  async current(timeoutMs: number): Promise<string> {
    void this.watch();
    if (this.leader !== undefined) return this.leader;
    const stop = new AbortController();
    const tooLate = pause(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined);
    try {
      const found = await Promise.race([this.findLeader(), tooLate]);
      if (found !== undefined) return found;
      throw new StoreUnavailable(
        `None of the nodes ${this.nodes.join(', ')} of the event store says which one leads.`,
        true,
      );
    } finally {
      stop.abort();
    }
  }

  /** A call to a node has failed. @param next the leader, as that node says */
  callFailed(node: string, next?: string): void {
    if (node === this.leader && next !== undefined && next !== node) this.follow(next);
    else if (node === this.leader && this.isCluster) {
      this.suspect = node;
      this.leader = undefined;
      void this.findLeader();
    }
  }

  /** A node has said that it does not lead. @param next the leader, as that node says */
  refusedBy(node: string, next: string | undefined): void {
    this.hasRefused = true;
    this.callFailed(node, next);
  }

  /**
   * Asks the nodes now whether events can be written.
   * @throws StoreUnavailable when no leader answers, or too few nodes for it to write
   */
  async check(): Promise<void> {
    if (!this.isCluster) return;
    const views: ClusterView[] = [];
    await this.gossip.survey((some, isLast) => (isLast ? views.push(...some) : undefined), this.leader);
    const leader = mostNamed(views);
    const nodes = this.nodes.length;
    const quorum = Math.floor(nodes / 2) + 1;
    if (views.length < quorum)
      throw new StoreUnavailable(
        `Only ${views.length} of the ${nodes} nodes of the event store answer: it cannot write.`,
        true,
      );
    if (leader === undefined) throw new StoreUnavailable('The event store has no leader: it cannot write.', true);
    if (this.nodes.includes(leader) && !views.some(({ node }) => node === leader))
      throw new StoreUnavailable(`The leader of the event store, ${leader}, does not answer: it cannot write.`, true);
  }

  close(): void {
    this.closing.abort();
  }

  /** Finds out which other nodes there are; in a cluster, checks every second that the leader still leads. */
  private async watch() {
    if (this.isWatching) return;
    this.isWatching = true;
    const { signal } = this.closing;
    let answered = false;
    while (!signal.aborted && (this.isCluster || !answered)) {
      if (this.leader === undefined) void this.findLeader();
      else answered = await this.confirm(this.leader);
      await pause(WATCH_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @returns whether the node has answered */
  private async confirm(node: string) {
    const view = await this.gossip.ask(node);
    if (node !== this.leader || !this.isCluster) return view !== undefined;
    if (view && leads(node, view)) return true;
    this.suspect = node;
    void this.findLeader();
    return view !== undefined;
  }

  private findLeader(): Promise<string | undefined> {
    return (this.searching ??= this.search().finally(() => (this.searching = undefined)));
  }

  private async search(): Promise<string | undefined> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      const found = await this.gossip.survey((views, isLast) => this.choose(views, isLast), this.suspect);
      if (found !== undefined) return this.follow(found);
      await pause(SEARCH_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    return undefined;
  }

  /** The node that more than half of all nodes name as the leader, or most of those that have answered in time. */
  private choose(views: readonly ClusterView[], isLast: boolean): string | undefined {
    const named = mostNamed(views);
    if (named === undefined) return undefined;
    const isSure = views.filter(({ leader }) => leader === named).length > this.nodes.length / 2;
    if (!isSure && !isLast) return undefined;
    if (named === this.suspect && !views.some((view) => view.node === named && view.leader === named)) return undefined;
    return named;
  }

  private follow(node: string): string {
    this.suspect = undefined;
    if (node !== this.leader && !this.closing.signal.aborted) {
      this.leader = node;
      this.onMove();
    }
    return node;
  }
}

/** A node may be known to its cluster by another name: then it is enough that it names any leader. */
const leads = (node: string, { leader, voters }: ClusterView) =>
  leader !== undefined && (leader === node || !voters.includes(node));

const mostNamed = (views: readonly ClusterView[]): string | undefined => {
  const votes = new Map<string, number>();
  for (const { leader } of views) if (leader !== undefined) votes.set(leader, (votes.get(leader) ?? 0) + 1);
  return [...votes].toSorted(([, one], [, other]) => other - one)[0]?.[0];
};
