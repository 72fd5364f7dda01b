import { type Type } from '@nestjs/common';
import { PATH_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import { accessOf, type ApiScope } from '#access';

/** What a request needs: a scope, any valid key, or nothing. Closed: no key opens it. */
export type Need = ApiScope | 'any key' | 'nothing' | 'closed';

export interface RouteRight {
  /** For example `/v1/orders/:orderId`. */
  readonly path: string;
  readonly method: string;
  readonly need: Need;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** What each route of the controllers needs, as their decorators say. */
export const routeRights = (controllers: readonly Type[]): readonly RouteRight[] =>
  controllers.flatMap((controller) => {
    const prototype = controller.prototype as Readonly<Record<string, object>>;
    return Object.getOwnPropertyNames(prototype)
      .filter((name) => name !== 'constructor')
      .map((name) => prototype[name] ?? {})
      .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler))
      .map((handler) => ({
        path: pathOf(metadata(PATH_METADATA, controller), metadata(PATH_METADATA, handler)),
        method: METHODS[Number(metadata(METHOD_METADATA, handler))] ?? 'GET',
        need: needOf(controller, handler),
      }));
  });

const metadata = (key: string, target: object) => String(Reflect.getMetadata(key, target));

const pathOf = (...parts: readonly string[]) =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

const needOf = (controller: object, handler: object): Need => {
  const rule = accessOf(controller, handler);
  if (!rule) return 'closed';
  return rule.kind === 'scope' ? rule.scope : rule.kind === 'any-key' ? 'any key' : 'nothing';
};
