import { Injectable } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';

interface RegisteredRoute {
  readonly url: string;
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** The registered routes, to tell a wrong method from a wrong path, and to compare with the documentation. */
@Injectable()
export class Routes {
  private readonly known = new Map<string, RegisteredRoute>();

  recordRoutesOf(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      const pattern = new RegExp(
        `^${url
          .replaceAll(/[.+?^$()|[\]\\]/g, '\\$&')
          .replaceAll(/:[^/]+/g, '[^/]+')
          .replace('*', '.*')}$`,
      );
      const entry = this.known.get(url) ?? { url, pattern, methods: new Set() };
      for (const name of [method].flat()) entry.methods.add(name);
      this.known.set(url, entry);
    });
  }

  /** The methods of the path of this URL; empty if there is no such path. */
  methodsOf(url: string): readonly string[] {
    const [path = ''] = url.split('?');
    const matching = [...this.known.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))];
  }

  /** For example `GET /v1/orders/:id`. */
  all(): readonly string[] {
    return [...this.known.values()].flatMap(({ url, methods }) => [...methods].map((method) => `${method} ${url}`));
  }
}
