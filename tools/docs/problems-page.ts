import { problems } from '../../apps/api/src/http/problems.ts';
import { code, page } from './markdown.ts';

const INTRO =
  'A request that is refused is answered with `application/problem+json` (RFC 9457). Act on `code`; it is part of the contract and ' +
  'never changes its meaning. A problem is _retryable_ where the same request may succeed later.';

/** Each code under which a request is refused, by HTTP status. */
export const problemsPage = (): string => {
  const byStatus = Map.groupBy(Object.entries(problems), ([, { status }]) => status);
  const statuses = [...byStatus].toSorted(([a], [b]) => a - b);
  return page(
    'Problems',
    INTRO,
    statuses.map(([status, kinds]) => [
      String(status),
      kinds
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { meaning, retryable }]) => `- ${code(name)}${retryable ? ' (retryable)' : ''} ${meaning}`),
    ]),
  );
};
