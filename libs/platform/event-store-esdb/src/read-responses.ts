import { type ClientReadableStream } from '@grpc/grpc-js';
import { AnswerTimer } from './answer-timer.js';
import { type ReadResponse } from './read-response.js';

/**
 * Reads a call to its end. Fails when the server sends nothing for `timeoutMs`, not counting the time that the caller takes.
 * @throws ServiceError when the call fails
 */
export async function* readResponses(
  call: ClientReadableStream<ReadResponse>,
  timeoutMs: number,
  signal?: AbortSignal,
): AsyncIterable<ReadResponse> {
  call.on('error', () => undefined); // also after the end, when nobody else listens: an error without a listener would end the process
  const stop = () => call.cancel();
  signal?.addEventListener('abort', stop);
  let waiting = true;
  const timer = new AnswerTimer(timeoutMs, () => {
    if (waiting) call.destroy(timedOut(timeoutMs));
    else timer.refresh();
  });
  try {
    for await (const frame of call as AsyncIterable<ReadResponse>) {
      waiting = false;
      yield frame;
      waiting = true;
      timer.refresh();
    }
  } finally {
    timer.clear();
    signal?.removeEventListener('abort', stop);
    call.cancel();
  }
}

/** The code is that of connections that time out, so that callers take it for an outage and not for a defect. */
const timedOut = (timeoutMs: number) =>
  Object.assign(new Error(`nothing read within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
