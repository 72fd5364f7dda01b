import { type ApiResponseOptions } from '@nestjs/swagger';
import { listOf, object, ref, type Schema } from '#schema';

/** A JSON Schema of whatever values. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const itemsOf = (name: string): Schema => object({ items: listOf(ref(name)) });

/** For Nest's decorators, whose schemas are typed for OpenAPI 3.0. */
export const answers = (schema: JsonSchema): ApiResponseOptions => ({ schema });
