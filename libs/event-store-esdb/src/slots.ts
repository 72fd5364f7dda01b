/** Lets a limited number of holders in at once; the others wait in line. */
export class Slots {
  private readonly line: (() => void)[] = [];

  constructor(private free: number) {}

  /** @returns the function that gives the slot back, to be called once */
  take(): Promise<() => void> {
    return new Promise((resolve) => {
      const enter = () => resolve(this.giveBack);
      if (this.free === 0) return void this.line.push(enter);
      this.free--;
      enter();
    });
  }

  private readonly giveBack = () => {
    const next = this.line.shift();
    if (next) next();
    else this.free++;
  };
}
