import { type Http2Session } from 'node:http2';

/** The room in the HTTP/2 windows of a connection and its streams. */
export class SendWindow {
  /** Bytes that were written and are not sent yet. */
  unsent = 0;
  /** Number of turns of the event loop with writes. */
  turn = 0;
  #isCounted = false;

  constructor(private readonly session: Http2Session) {}

  /** Bytes that can be sent at once on a stream that has `unsent` bytes waiting. */
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
