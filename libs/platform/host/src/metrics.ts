import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

interface Description<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** A value for each combination of labels. */
export type LabeledValues<Label extends string> = readonly (readonly [Readonly<Record<Label, string>>, number])[];

/** Metrics for Prometheus, of which most are looked up when they are asked for. */
export class MetricsRegistry extends Registry {
  constructor() {
    super();
    collectDefaultMetrics({ register: this });
  }

  /** A gauge whose values are looked up whenever the metrics are read. */
  addGauge<Label extends string = never>(
    { name, help, labels = [] }: Description<Label>,
    lookUp: () => LabeledValues<Label> | Promise<LabeledValues<Label>>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this],
      async collect() {
        const values = await lookUp();
        this.reset();
        for (const [labelValues, value] of values) this.set(labelValues, value);
      },
    });
  }

  /** A counter that something else counts. */
  addCounter({ name, help }: Description<never>, lookUp: () => number): void {
    new Counter({
      name,
      help,
      registers: [this],
      collect() {
        this.reset();
        this.inc(lookUp());
      },
    });
  }
}
