import { type ServiceError, status } from '@grpc/grpc-js';
import { Connection } from './connection.js';
import { type LeaderTracker } from './leader-tracker.js';
import { type ConnectionSettings } from './connection-settings.js';
import { statusOf, exceptionOf } from './store-unavailable.js';

/** Keeps a connection to the node that leads, and opens a new one when it has failed or another node leads. */
export class LeaderConnection {
  private current: Connection | undefined;
  private opening: Promise<Connection> | undefined;
  private isClosed = false;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly leader: LeaderTracker,
  ) {}

  /** @throws StoreUnavailable when no node is known to lead within this time */
  connection(timeoutMs: number): Connection | Promise<Connection> {
    if (this.current) return this.current;
    return (this.opening ??= this.connect(timeoutMs).finally(() => (this.opening = undefined)));
  }

  /** A call has failed: the next one may need another connection, or another node. */
  callFailed(connection: Connection, error: unknown): void {
    if (exceptionOf(error) === 'not-leader') {
      const [host, port] = ['host', 'port'].map((part) => metadataOf(error, `leader-endpoint-${part}`));
      this.drop(connection);
      this.leader.refusedBy(connection.node, host && port && `${host}:${port}`);
    } else if (isLost(error)) {
      this.drop(connection);
      this.leader.callFailed(connection.node);
    }
  }

  /** Closes a connection and ends its calls. */
  drop(connection: Connection): void {
    if (this.current === connection) this.current = undefined;
    connection.close();
  }

  /** Closes the current connection; the next call opens another one. */
  reset(): void {
    if (this.current) this.drop(this.current);
  }

  close(): void {
    this.isClosed = true;
    this.reset();
  }

  private async connect(timeoutMs: number) {
    const node = await this.leader.current(timeoutMs);
    if (this.isClosed) throw new Error('The store is closed');
    return (this.current = new Connection(node, this.settings));
  }
}

/** Whether the connection is lost, or the server has cancelled the call; calls that this client has cancelled do not count. */
const isLost = (error: unknown) => {
  const { details } = (error ?? {}) as Partial<ServiceError>;
  return (
    statusOf(error) === status.UNAVAILABLE || (statusOf(error) === status.CANCELLED && details !== CANCELLED_BY_CLIENT)
  );
};
const CANCELLED_BY_CLIENT = 'Cancelled on client';

const metadataOf = (error: unknown, name: string) =>
  (error as { metadata: { get(name: string): unknown[] } }).metadata.get(name)[0]?.toString();
