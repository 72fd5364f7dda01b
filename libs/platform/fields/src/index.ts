export { bodySchemaOf, defaultsOf, Described, type Class, type ValueSchema } from './body-schema.js';
export { normalizerOf } from './normalizer.js';
export { holdsCardNumber } from './card-number.js';
export * from './contact.dto.js';
export * from './fields.js';
export * from './goods.dto.js';
export {
  ABOUT_A_PERSON,
  CODE_OR_NOTE,
  DOCUMENT_NUMBER,
  digested,
  freeTextsOf,
  harmless,
  sealed,
  type StoredText,
} from './stored-text.js';
