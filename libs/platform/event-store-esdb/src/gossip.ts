import gossip, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import { Connection } from './connection.js';
import { type ConnectionSettings } from './connection-settings.js';
import { isTransient } from './store-unavailable.js';

/** The cluster as one of its nodes knows it. */
export interface ClusterView {
  readonly node: string;
  /** The leader, as far as the node knows. */
  readonly leader: string | undefined;
  /** All nodes with a vote; read-only replicas have none. */
  readonly voters: readonly string[];
}

/** A node that does not answer within one second is not asked again for two seconds. */
const ANSWER_TIMEOUT_MS = 1_000;
const AVOID_SILENT_MS = 2_000;

const { LEADER, READONLYLEADERLESS, PREREADONLYREPLICA, READONLYREPLICA } = gossip.MemberInfo.VNodeState;
const WITHOUT_VOTE: ReadonlySet<number> = new Set([READONLYLEADERLESS, PREREADONLYREPLICA, READONLYREPLICA]);

/** Asks nodes for their view of the cluster, each over a connection that is closed after the answer. */
export class Gossip {
  /** The nodes by the names that the cluster uses; empty until one has answered. */
  private members: readonly string[] = [];
  private readonly pending = new Map<string, Promise<ClusterView | undefined>>();
  /** When a node may be asked again: milliseconds of the monotonic clock. */
  private readonly avoidUntil = new Map<string, number>();

  constructor(private readonly settings: ConnectionSettings) {}

  /** All known nodes. */
  get nodes(): readonly string[] {
    return this.members.length > 0 ? this.members : this.settings.nodes;
  }

  /** @returns undefined when it does not answer */
  ask(node: string): Promise<ClusterView | undefined> {
    const asked = this.pending.get(node) ?? this.view(node).finally(() => this.pending.delete(node));
    this.pending.set(node, asked);
    return asked;
  }

  /**
   * Asks all nodes at once.
   * @param decide is called with the answers so far, after each answer; when it returns a value, the other answers are not waited for
   * @param always a node that is asked even if it did not answer a moment ago
   */
  async survey<Found>(
    decide: (views: readonly ClusterView[], isLast: boolean) => Found | undefined,
    always?: string,
  ): Promise<Found | undefined> {
    const views: ClusterView[] = [];
    const found = Promise.withResolvers<Found | undefined>();
    const asked = this.nodesToAsk(always).map(async (node) => {
      const fetchView = await this.ask(node);
      if (!fetchView) return;
      views.push(fetchView);
      const decided = decide(views, false);
      if (decided !== undefined) found.resolve(decided);
    });
    void Promise.all(asked).then(() => found.resolve(decide(views, true)));
    return found.promise;
  }

  /** All nodes but those that did not answer a moment ago; where none is left, all of them and those of the connection string. */
  private nodesToAsk(always: string | undefined): readonly string[] {
    const now = performance.now();
    const due = this.nodes.filter((node) => node === always || (this.avoidUntil.get(node) ?? 0) <= now);
    return due.length > 0 ? due : [...new Set([...this.nodes, ...this.settings.nodes])];
  }

  private async view(node: string): Promise<ClusterView | undefined> {
    const connection = new Connection(node, this.settings);
    try {
      const view = viewOf(node, await connection.gossip(ANSWER_TIMEOUT_MS));
      this.avoidUntil.delete(node);
      if (view.voters.length > 0) this.members = view.voters;
      return view;
    } catch (error) {
      if (!isTransient(error)) return { node, leader: undefined, voters: [] }; // it refuses to say
      this.avoidUntil.set(node, performance.now() + AVOID_SILENT_MS);
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
