import { type ClientReadableStream } from '@grpc/grpc-js';
import { type Frame } from './frames.js';

/**
 * Reads a call to its end; fails when the server sends nothing for `timeoutMs`, however long the caller takes in between.
 * @throws ServiceError when the call fails
 */
export async function* framesOf(
  call: ClientReadableStream<Frame>,
  timeoutMs: number,
  signal?: AbortSignal,
): AsyncIterable<Frame> {
  call.on('error', () => undefined); // also after the end, when nobody else listens
  const stop = () => call.cancel();
  signal?.addEventListener('abort', stop);
  let waiting = true;
  const timer = setTimeout(() => {
    if (waiting) call.destroy(new Error(`nothing read within ${timeoutMs} ms`));
    else timer.refresh();
  }, timeoutMs);
  try {
    for await (const frame of call as AsyncIterable<Frame>) {
      waiting = false;
      yield frame;
      waiting = true;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    call.cancel();
  }
}
