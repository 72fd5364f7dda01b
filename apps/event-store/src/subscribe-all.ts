import { setImmediate as nextTurn } from 'node:timers/promises';
import { CAUGHT_UP, checkpoint, CHECKPOINT_BEFORE_EVERYTHING, confirmation } from './answer-frames.js';
import { handlerFailed } from './errors.js';
import { FilteredMessages } from './filtered-messages.js';
import { neverAnswer, type ReadContext } from './read-context.js';
import { type AllReadOptions, type StartPosition } from './read-options.js';
import { type AllSubscriber, type Commit, type FollowingEvents } from './recent-commits.js';
import { Subscription } from './subscription.js';

export async function subscribeToAll(context: ReadContext, options: AllReadOptions): Promise<void> {
  const { from } = options;
  if (from === 'end') await new AllSubscription(context, options, context.log.head).start(undefined);
  else if (from === 'start' || from.commit === 0) {
    await new AllSubscription(context, options, 0).start({ commit: 0, prepare: 0 });
  } else await new AllSubscription(context, options, startAfter(context, from)).start(undefined);
}

/** A start beyond the end is the same as a start at the end. */
function startAfter({ log }: ReadContext, { commit }: StartPosition): number {
  if (commit > log.head) return log.head;
  if (!log.storage.hasRecord(commit)) throw handlerFailed();
  return commit;
}

/** A subscription to `$all`; its cursor is a position. */
class AllSubscription extends Subscription implements AllSubscriber {
  #filtered: FilteredMessages | undefined;
  readonly #isPlain: boolean;

  constructor(
    context: ReadContext,
    private readonly options: AllReadOptions,
    cursor: number,
  ) {
    super(context, cursor);
    this.#isPlain = !options.resolveLinks && options.ids === 'string';
  }

  /** @param pageStart where EventStoreDB's first page begins, if that is no event */
  async start(pageStart: StartPosition | undefined): Promise<void> {
    const { call, recentCommits } = this.context;
    const { filter, from, ids } = this.options;
    call.send(confirmation());
    if (ids === undefined || filter?.window === 0) await neverAnswer();
    if (filter) this.#filtered = new FilteredMessages(filter, this.encode, pageStart);
    call.whenClosed(recentCommits.joinAll(this));
    if (from === 'end' || this.#startsLive(from)) this.goLive(CAUGHT_UP);
    else await this.catchUp();
  }

  /** EventStoreDB 24.2 detects that there is nothing to catch up with. */
  #startsLive(from: AllReadOptions['from']): boolean {
    const { like, log } = this.context;
    return like === '24.2' && typeof from === 'object' && this.cursor >= log.head;
  }

  onCommit(commit: Commit): void {
    if (!this.isLive) return;
    const hasRoom = this.#filtered ? this.#addFiltered(this.#filtered, commit) : this.#addAll(commit);
    this.cursor = commit.last;
    if (!hasRoom) this.overflow();
  }

  #addFiltered(filtered: FilteredMessages, commit: Commit): boolean {
    return this.buffer.add(filtered.live(commit.visibleInAll, this.cursor));
  }

  #addAll(commit: Commit): boolean {
    if (this.#isPlain && (commit.visibleInAll.length === 0 || this.buffer.sendAtOnce(commit.frames))) return true;
    return this.buffer.add(this.messagesFor(commit.visibleInAll, ({ position }) => position));
  }

  protected override overflow(): void {
    this.#filtered?.fellBehind();
    super.overflow();
  }

  protected override async catchUp(): Promise<void> {
    const { call, log } = this.context;
    while (!call.closed && this.cursor < log.head) {
      this.#deliver(this.#nextEvents());
      await (call.blocked ? call.drained() : nextTurn());
      if (this.cursor >= log.head) await call.emptied();
    }
    this.#filtered?.caughtUp();
    this.goLive(Buffer.concat([...this.#lastCheckpoint(), CAUGHT_UP]));
  }

  /** Reads from the recent commits if they reach back far enough, else from the table. */
  #nextEvents(): FollowingEvents {
    const { recentCommits, log } = this.context;
    const recent = recentCommits.after(this.cursor);
    if (recent) return recent;
    const { rows } = log.storage.allForwards(this.cursor + 1);
    return { rows, last: rows.at(-1)?.position ?? log.head };
  }

  #deliver({ rows, last }: FollowingEvents): void {
    const frames = this.#filtered ? this.#filtered.catchingUp(rows) : rows.map(this.encode);
    this.cursor = last;
    if (frames.length > 0) this.context.call.send(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  /** EventStoreDB 24.2 tells a subscriber that has caught up the last position that it has sent. */
  #lastCheckpoint(): Buffer[] {
    if (!this.#filtered || this.context.like === '23.10') return [];
    const { from } = this.options;
    const sent = this.#filtered.sent ?? (typeof from === 'object' ? from : undefined);
    return [sent ? checkpoint(sent) : CHECKPOINT_BEFORE_EVERYTHING];
  }
}
