import { setTimeout as pause } from 'node:timers/promises';
import { type ClusterView, Gossip } from './gossip.js';
import { type Settings } from './settings.js';
import { StoreUnavailable } from './store-unavailable.js';

const WATCH_MS = 1_000;
const LOOK_AGAIN_MS = 250;

/**
 * Which node leads. The official client asks its nodes one after the other, stays for ever with whichever it has found, and
 * forgets with each connection which did not answer: here all are asked at once, and again whenever there is doubt.
 */
export class Leader {
  /** `host:port` */
  private known: string | undefined;
  /** Where the leader was until a moment ago: taken again only when it says itself that it leads. */
  private suspect: string | undefined;
  private looking: Promise<string | undefined> | undefined;
  private watching = false;
  /** A node has said that it is not the leader: it is not by itself. */
  private refused = false;
  private readonly gossip: Gossip;
  private readonly closing = new AbortController();

  constructor(
    private readonly settings: Settings,
    /** Hears of a move before calls go to another node. */
    private readonly onMove: () => void,
  ) {
    this.gossip = new Gossip(settings);
    // One node by itself is taken to lead until it says otherwise.
    if (!settings.isCluster) [this.known] = settings.nodes;
  }

  get isCluster(): boolean {
    return this.settings.isCluster || this.refused || this.gossip.nodes.length > 1;
  }

  get nodes(): readonly string[] {
    return this.gossip.nodes;
  }

  /** Waits while there is none. @throws StoreUnavailable when there is none in time */
  async current(timeoutMs: number): Promise<string> {
    void this.watch();
    if (this.known !== undefined) return this.known;
    const stop = new AbortController();
    const tooLate = pause(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined);
    try {
      const found = await Promise.race([this.look(), tooLate]);
      if (found !== undefined) return found;
      throw new StoreUnavailable(
        `None of the nodes ${this.nodes.join(', ')} of the event store says which one leads.`,
        true,
      );
    } finally {
      stop.abort();
    }
  }

  /** A call has failed there. @param next where the node says that the leader is */
  failed(node: string, next?: string): void {
    if (node === this.known && next !== undefined && next !== node) this.follow(next);
    else if (node === this.known && this.isCluster) {
      this.suspect = node;
      this.known = undefined;
      void this.look();
    }
  }

  /** A node has said that it does not lead. */
  refusedBy(node: string, next: string | undefined): void {
    this.refused = true;
    this.failed(node, next);
  }

  /**
   * Whether events can be written: asks now.
   * @throws StoreUnavailable when no leader answers, or too few nodes for it to write
   */
  async check(): Promise<void> {
    if (!this.isCluster) return;
    const views: ClusterView[] = [];
    await this.gossip.survey((some, isLast) => (isLast ? views.push(...some) : undefined), this.known);
    const leader = mostTold(views);
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

  /** Learns who else is there; in a cluster, goes on looking whether the leader leads. */
  private async watch() {
    if (this.watching) return;
    this.watching = true;
    const { signal } = this.closing;
    let answered = false;
    while (!signal.aborted && (this.isCluster || !answered)) {
      if (this.known === undefined) void this.look();
      else answered = await this.confirm(this.known);
      await pause(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @returns whether the node has answered */
  private async confirm(node: string) {
    const view = await this.gossip.ask(node);
    if (node !== this.known || !this.isCluster) return view !== undefined;
    if (view && leads(node, view)) return true;
    this.suspect = node;
    void this.look();
    return view !== undefined;
  }

  private look(): Promise<string | undefined> {
    return (this.looking ??= this.search().finally(() => (this.looking = undefined)));
  }

  private async search(): Promise<string | undefined> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      const found = await this.gossip.survey((views, isLast) => this.choose(views, isLast), this.suspect);
      if (found !== undefined) return this.follow(found);
      await pause(LOOK_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    return undefined;
  }

  /** The node that most say leads: more than half of all, or the most of those who have answered in time. */
  private choose(views: readonly ClusterView[], isLast: boolean): string | undefined {
    const told = mostTold(views);
    if (told === undefined) return undefined;
    const isSure = views.filter(({ leader }) => leader === told).length > this.nodes.length / 2;
    if (!isSure && !isLast) return undefined;
    if (told === this.suspect && !views.some((view) => view.node === told && view.leader === told)) return undefined;
    return told;
  }

  private follow(node: string): string {
    this.suspect = undefined;
    if (node !== this.known && !this.closing.signal.aborted) {
      this.known = node;
      this.onMove();
    }
    return node;
  }
}

/** A node that the cluster calls by another name is taken at its word that somebody leads. */
const leads = (node: string, { leader, voters }: ClusterView) =>
  leader !== undefined && (leader === node || !voters.includes(node));

const mostTold = (views: readonly ClusterView[]): string | undefined => {
  const votes = new Map<string, number>();
  for (const { leader } of views) if (leader !== undefined) votes.set(leader, (votes.get(leader) ?? 0) + 1);
  return [...votes].toSorted(([, one], [, other]) => other - one)[0]?.[0];
};
