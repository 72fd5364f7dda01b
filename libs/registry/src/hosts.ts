import { type Provider, type Type } from '@nestjs/common';
import { type Problems } from '#capability';
import { type InMemoryView } from '#event-store';
import { type Schema } from '#schema';
import { capabilities } from './capabilities.js';

/** The command handlers of the host that takes commands. */
export const apiModules: readonly Type[] = capabilities.flatMap(({ modules }) => modules.api ?? []);

/** The command handlers of the host that runs processes. */
export const workerModules: readonly Type[] = capabilities.flatMap(({ modules }) => modules.worker ?? []);

/** Services that answer queries from the read models. */
export const queries: readonly Provider[] = capabilities.flatMap((capability) => capability.queries);

/** The schemas of what queries answer, by name. */
export const answers: Readonly<Record<string, Schema>> = Object.fromEntries(
  capabilities.flatMap((capability) => Object.entries(capability.answers)),
);

/** Followers of the log in memory: every host that has command handlers runs all of them. */
export const inMemoryViews: readonly Type<InMemoryView>[] = capabilities.flatMap(
  (capability) => capability.inMemoryViews,
);

/** Refusals by the rules of the business, by code. */
export const problemsOfCapabilities: Problems = Object.fromEntries(
  capabilities.flatMap(({ problems }) => Object.entries(problems)),
);
