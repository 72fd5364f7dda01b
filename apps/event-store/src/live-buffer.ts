import { type Call } from './grpc-call.js';

/** EventStoreDB keeps two times 32 messages for a live subscriber. One that is too slow still gets the first half of them. */
const MAX_WAITING_MESSAGES = 64;
const LAST_MESSAGES = 32;

export interface LiveMessage {
  frame: Buffer;
  /** The cursor from which a subscriber that does not get this message continues. */
  cursor: number;
}

/** The messages that wait for a live subscriber because its HTTP/2 window is full. */
export class LiveBuffer {
  #waiting: LiveMessage[] = [];

  constructor(private readonly call: Call) {
    call.whenSent(() => this.#flush());
  }

  /** Sends frames if they fit into the window and no message is waiting. @returns whether it did */
  sendAtOnce(frames: Buffer): boolean {
    if (this.#waiting.length > 0 || frames.length > this.call.window) return false;
    this.call.send(frames);
    return true;
  }

  /** @returns false if too many messages wait */
  add(messages: readonly LiveMessage[]): boolean {
    this.#waiting.push(...messages);
    this.#flush();
    return this.#waiting.length <= MAX_WAITING_MESSAGES;
  }

  /** Sends the messages that fit into the window and one more: once that is sent, the window is open again. */
  #flush(): void {
    if (this.#waiting.length === 0) return;
    let room = this.call.window;
    let count = 0;
    while (room > 0 && count < this.#waiting.length) room -= this.#waiting[count++]?.frame.length ?? 0;
    this.#send(count === 0 && this.call.isEmpty ? 1 : count);
  }

  #send(count: number): void {
    const messages = this.#waiting.splice(0, count);
    if (messages.length > 0) this.call.send(Buffer.concat(messages.map(({ frame }) => frame)));
  }

  /** Sends the last messages that a subscriber gets before it is dropped as too slow. */
  sendLast(): void {
    this.#send(LAST_MESSAGES);
    this.#waiting = [];
  }

  /** Drops waiting messages. @returns the cursor from which the subscriber continues; undefined if there were none */
  drop(): number | undefined {
    const cursor = this.#waiting[0]?.cursor;
    this.#waiting = [];
    return cursor;
  }
}
