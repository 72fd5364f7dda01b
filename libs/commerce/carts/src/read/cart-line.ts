import { described, integer, object, oneOf, text, texts, unitPrice } from '#schema';
import { METHODS } from '../domain/cart-messages.js';

export const cartLine = {
  lineId: described(text, 'Id of the line, unique in the cart'),
  sku: text,
  quantity: integer,
  unitPrice,
  'title?': text,
  method: oneOf(...METHODS),
  'locationId?': described(text, 'The location of the pickup, or that the goods are carried out of'),
  'attributes?': texts,
};

export const cartLineSchema = object(cartLine);
