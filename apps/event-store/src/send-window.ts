import { type Http2Session } from 'node:http2';

/** The room that a client has for what is sent over one connection: HTTP/2's windows of the connection and of its streams. */
export class SendWindow {
  /** Bytes that were written and have not gone out. */
  unsent = 0;
  /** Counts the turns of the event loop in which something was written. */
  turn = 0;
  #isCounted = false;

  constructor(private readonly session: Http2Session) {}

  /** Bytes that the client takes at once for a stream from which it has so far to take `unsent` bytes. */
  window(unsent: number): number {
    if (this.session.destroyed) return Infinity;
    const ofConnection = (this.session.state.remoteWindowSize ?? 0) - this.unsent;
    const ofStream = (this.session.remoteSettings.initialWindowSize ?? 65_535) - unsent;
    return Math.min(ofConnection, ofStream);
  }

  wrote(bytes: number): void {
    this.unsent += bytes;
    if (this.#isCounted) return;
    this.#isCounted = true;
    setImmediate(() => {
      this.#isCounted = false;
      this.turn++;
    });
  }

  sent(bytes: number): void {
    this.unsent -= bytes;
  }
}
