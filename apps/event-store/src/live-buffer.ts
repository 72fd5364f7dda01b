import { type Call } from './grpc.js';

/** EventStoreDB keeps two times 32 messages for a live subscriber; one that is too slow still gets the first half. */
const CAPACITY = 64;
const DELIVERED = 32;

interface Message {
  frame: Buffer;
  /** Where a subscriber goes on that does not get the message. */
  cursor: number;
}

/** What waits for a live subscriber, behind what its HTTP/2 window takes. */
export class LiveBuffer {
  #waiting: Message[] = [];

  constructor(private readonly call: Call) {
    call.whenSent(() => this.#flush());
  }

  /** Sends frames if the client takes them all at once and nothing waits before them. */
  sendAtOnce(frames: Buffer): boolean {
    if (this.#waiting.length > 0 || frames.length > this.call.window) return false;
    this.call.send(frames);
    return true;
  }

  /** False if too many messages wait. */
  add(messages: readonly Message[]): boolean {
    this.#waiting.push(...messages);
    this.#flush();
    return this.#waiting.length <= CAPACITY;
  }

  /** Sends what the window takes and one message more: once that has gone out, the window is open again. */
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

  /** Sends the last messages that a subscriber gets that is too slow. */
  sendLast(): void {
    this.#send(DELIVERED);
    this.#waiting = [];
  }

  /** Drops what waits. Returns where the subscriber goes on, undefined if nothing waited. */
  drop(): number | undefined {
    const cursor = this.#waiting[0]?.cursor;
    this.#waiting = [];
    return cursor;
  }
}
