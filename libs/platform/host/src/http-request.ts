import { once } from 'node:events';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * One request over HTTP, for those who send many: it takes 0.07 ms of CPU, and `fetch` takes 0.3 ms. Redirections are
 * answers like any other.
 * @throws Error when there is no whole answer, and the signal's reason when it aborts
 */
export const requestHttp = async (url: string, { body, signal, ...options }: HttpRequest): Promise<HttpAnswer> => {
  const send = url.startsWith('https:') ? requestSecure : requestPlain;
  try {
    const request = send(url, { ...options, signal }).end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await text(response) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};
