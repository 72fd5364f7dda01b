import gossip, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import { Connection } from './connection.js';
import { type Settings } from './settings.js';
import { isTransient } from './store-unavailable.js';

/** What one node knows of its cluster. */
export interface ClusterView {
  readonly node: string;
  /** Who leads, as far as it knows. */
  readonly leader: string | undefined;
  /** All whose votes count. */
  readonly voters: readonly string[];
}

/** A node has this long to answer, and one that has not is left alone for a while. */
const ANSWER_MS = 1_000;
const QUIET_MS = 2_000;

const { LEADER, READONLYLEADERLESS, PREREADONLYREPLICA, READONLYREPLICA } = gossip.MemberInfo.VNodeState;
const WITHOUT_VOTE: ReadonlySet<number> = new Set([READONLYLEADERLESS, PREREADONLYREPLICA, READONLYREPLICA]);

/** Asks nodes what they know of their cluster: each by a connection that is closed with the answer. */
export class Gossip {
  /** As the cluster calls its own; empty until one node has answered. */
  private members: readonly string[] = [];
  private readonly asked = new Map<string, Promise<ClusterView | undefined>>();
  /** When a node may be asked again: milliseconds of the monotonic clock. */
  private readonly quiet = new Map<string, number>();

  constructor(private readonly settings: Settings) {}

  /** All that are known of. */
  get nodes(): readonly string[] {
    return this.members.length > 0 ? this.members : this.settings.nodes;
  }

  /** @returns undefined when it does not answer */
  ask(node: string): Promise<ClusterView | undefined> {
    const asked = this.asked.get(node) ?? this.view(node).finally(() => this.asked.delete(node));
    this.asked.set(node, asked);
    return asked;
  }

  /**
   * Asks all at once.
   * @param always asked even if it has not answered just before
   * @param decide looks at each answer: the rest is not waited for when it has found something
   */
  async survey<Found>(
    decide: (views: readonly ClusterView[], isLast: boolean) => Found | undefined,
    always?: string,
  ): Promise<Found | undefined> {
    const views: ClusterView[] = [];
    const found = Promise.withResolvers<Found | undefined>();
    const asked = this.due(always).map(async (node) => {
      const view = await this.ask(node);
      if (!view) return;
      views.push(view);
      const decided = decide(views, false);
      if (decided !== undefined) found.resolve(decided);
    });
    void Promise.all(asked).then(() => found.resolve(decide(views, true)));
    return found.promise;
  }

  /** Whoever was named in the connection string is asked again when all others are silent. */
  private due(always: string | undefined): readonly string[] {
    const now = performance.now();
    const due = this.nodes.filter((node) => node === always || (this.quiet.get(node) ?? 0) <= now);
    return due.length > 0 ? due : [...new Set([...this.nodes, ...this.settings.nodes])];
  }

  private async view(node: string): Promise<ClusterView | undefined> {
    const connection = new Connection(node, this.settings);
    try {
      const view = viewOf(node, await connection.gossip(ANSWER_MS));
      this.quiet.delete(node);
      if (view.voters.length > 0) this.members = view.voters;
      return view;
    } catch (error) {
      if (!isTransient(error)) return { node, leader: undefined, voters: [] }; // it does not tell
      this.quiet.set(node, performance.now() + QUIET_MS);
      return undefined;
    } finally {
      connection.close();
    }
  }
}

const viewOf = (node: string, info: ClusterInfo): ClusterView => {
  const members = info.getMembersList().map((member) => {
    const endpoint = member.getHttpEndPoint();
    const name = `${endpoint?.getAddress() ?? ''}:${endpoint?.getPort() ?? 0}`;
    return { name, state: member.getState(), isAlive: member.getIsAlive() };
  });
  return {
    node,
    leader: members.find(({ state, isAlive }) => isAlive && state === LEADER)?.name,
    voters: members.filter(({ state }) => !WITHOUT_VOTE.has(state)).map(({ name }) => name),
  };
};
