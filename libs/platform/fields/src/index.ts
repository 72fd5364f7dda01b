export { bodySchemaOf, defaultsOf, Described, type Class, type ValueSchema } from './body-schema.js';
export { normalizerOf } from './normalizer.js';
export { holdsCardNumber } from './card-number.js';
export * from './contact.dto.js';
export * from './fields.js';
export * from './goods.dto.js';
