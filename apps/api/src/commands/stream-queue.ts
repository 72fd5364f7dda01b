/** Makes the commands of one batch meet their stream in the order of the lines; different streams do not wait. */
export class StreamQueue {
  private readonly last = new Map<string, Promise<unknown>>();

  enqueue<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(stream);
    const mine = before ? before.then(work, work) : work();
    this.last.set(stream, mine);
    const forget = () => {
      if (this.last.get(stream) === mine) this.last.delete(stream);
    };
    mine.then(forget, forget);
    return mine;
  }
}
