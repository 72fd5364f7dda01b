import { type ChannelOptions, type ServiceError, status } from '@grpc/grpc-js';
import { Connection } from './connection.js';
import { type Leader } from './leader.js';
import { type Settings } from './settings.js';
import { codeOf, exceptionOf } from './store-unavailable.js';

/** A connection to the node that leads, and a new one whenever it has failed or another node leads. */
export class Link {
  private open: Connection | undefined;
  private opening: Promise<Connection> | undefined;
  private closed = false;

  constructor(
    private readonly settings: Settings,
    private readonly leader: Leader,
    private readonly options: ChannelOptions = {},
  ) {}

  /** @throws StoreUnavailable when no node is known to lead within this time */
  connection(timeoutMs: number): Connection | Promise<Connection> {
    if (this.open) return this.open;
    return (this.opening ??= this.connect(timeoutMs).finally(() => (this.opening = undefined)));
  }

  /** A call has failed there: the next one may need another connection, or another node. */
  failed(connection: Connection, error: unknown): void {
    if (exceptionOf(error) === 'not-leader') {
      const [host, port] = ['host', 'port'].map((part) => toldBy(error, `leader-endpoint-${part}`));
      this.drop(connection);
      this.leader.refusedBy(connection.node, host && port && `${host}:${port}`);
    } else if (isLost(error)) {
      this.drop(connection);
      this.leader.failed(connection.node);
    }
  }

  /** Ends what is open there. */
  drop(connection: Connection): void {
    if (this.open === connection) this.open = undefined;
    connection.close();
  }

  /** Ends what is open; the next call opens another connection. */
  reset(): void {
    if (this.open) this.drop(this.open);
  }

  close(): void {
    this.closed = true;
    this.reset();
  }

  private async connect(timeoutMs: number) {
    const node = await this.leader.current(timeoutMs);
    if (this.closed) throw new Error('The store is closed');
    return (this.open = new Connection(node, this.settings, this.options));
  }
}

/** The connection is gone, or the server has ended what was under way; not what we have cancelled ourselves. */
const isLost = (error: unknown) => {
  const { details } = (error ?? {}) as Partial<ServiceError>;
  return codeOf(error) === status.UNAVAILABLE || (codeOf(error) === status.CANCELLED && details !== BY_US);
};
const BY_US = 'Cancelled on client';

const toldBy = (error: unknown, name: string) =>
  (error as { metadata: { get(name: string): unknown[] } }).metadata.get(name)[0]?.toString();
