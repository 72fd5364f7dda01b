import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { commands } from '#registry';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type Accepted, type Answer } from '../support/client.js';

/** A command that an agent sends until it has a definite answer. */
export interface Call {
  readonly key: string;
  readonly channel: string;
  readonly name: string;
  readonly body: object;
}

export interface Answered extends Call {
  readonly commandId: string;
  readonly status: number;
  readonly answer: unknown;
}

/** Calls of clients and their answers. They are written to disk before and after each call, in a process that is not killed. */
export class History {
  readonly answered: Answered[] = [];
  retries = 0;
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  invoke(call: Call) {
    this.write({ at: 'invoke', ...call });
  }

  retry(key: string, why: string) {
    this.retries++;
    this.write({ at: 'info', key, why });
  }

  answer(call: Call, { status, body }: Answer): Answered {
    const stream = commands.find(({ name }) => name === call.name)?.stream(call.body) ?? '';
    const commandId = uuidv5(KONTOR_NAMESPACE, `${call.channel}/${call.key}/${stream}`);
    const answered = { ...call, commandId, status, answer: body };
    this.answered.push(answered);
    this.write({ at: status < 300 ? 'ok' : 'fail', key: call.key, status, answer: body });
    return answered;
  }

  close() {
    closeSync(this.file);
  }

  private write(entry: object) {
    writeSync(this.file, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
    fsyncSync(this.file);
  }
}

export const isDone = ({ status }: Answered) => status === 200;

export const eventsOf = ({ answer }: Answered) => (answer as Accepted).events;
