import { type Participant } from './participant.js';
import { till } from './till.js';
import { webShop } from './web-shop.js';

/** Everybody who takes part. A new channel has its line here. */
export const participants = (): readonly Participant[] => [webShop(), till()];
