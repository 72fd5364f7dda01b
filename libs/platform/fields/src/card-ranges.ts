/** Numbers of one kind of payment card. */
export interface CardRange {
  readonly issuer: string;
  /** First digits, from and to. */
  readonly prefixes: readonly (readonly [from: number, to: number])[];
  /** Digits of a number, the check digit included. */
  readonly lengths: readonly number[];
}

const SIXTEEN_TO_NINETEEN = [16, 17, 18, 19];

/**
 * The ranges that issuers give cards from. Sources: the npm package credit-card-type 10.3.0 and Wikipedia, "Payment card
 * number"; as of 2026-11-30.
 *
 * What is left out, because numbers of orders, parcels and devices are more often like that than cards: Visa of thirteen
 * digits (no longer issued), Maestro of fewer than sixteen digits and outside of the ranges that banks use, UnionPay
 * of fewer than sixteen digits, UnionPay and RuPay that begin with 81 or 82, UATP.
 */
export const CARD_RANGES: readonly CardRange[] = [
  { issuer: 'Visa', prefixes: [[4, 4]], lengths: [16, 19] },
  {
    issuer: 'Mastercard',
    prefixes: [
      [51, 55],
      [2221, 2720],
    ],
    lengths: [16],
  },
  {
    issuer: 'American Express',
    prefixes: [
      [34, 34],
      [37, 37],
    ],
    lengths: [15],
  },
  {
    issuer: 'Diners Club',
    prefixes: [
      [300, 305],
      [3095, 3095],
      [36, 36],
      [38, 39],
    ],
    lengths: [14, 16, 19],
  },
  {
    issuer: 'Discover',
    prefixes: [
      [6011, 6011],
      [644, 649],
      [65, 65],
    ],
    lengths: [16, 19],
  },
  { issuer: 'JCB', prefixes: [[3528, 3589]], lengths: SIXTEEN_TO_NINETEEN },
  { issuer: 'UnionPay', prefixes: [[62, 62]], lengths: SIXTEEN_TO_NINETEEN },
  {
    issuer: 'Maestro',
    prefixes: [
      [5018, 5018],
      [5020, 5020],
      [5038, 5038],
      [5893, 5893],
      [6304, 6304],
      [6703, 6703],
      [6759, 6759],
      [6761, 6763],
    ],
    lengths: SIXTEEN_TO_NINETEEN,
  },
  { issuer: 'Dankort', prefixes: [[5019, 5019]], lengths: [16] },
  { issuer: 'Mir', prefixes: [[2200, 2204]], lengths: SIXTEEN_TO_NINETEEN },
  { issuer: 'Troy', prefixes: [[9792, 9792]], lengths: [16] },
  {
    issuer: 'Elo, Hiper, Hipercard',
    prefixes: [
      [5041, 5041],
      [5066, 5067],
      [5090, 5099],
      [6062, 6062],
      [6362, 6363],
      [6370, 6376],
    ],
    lengths: [16],
  },
  {
    issuer: 'RuPay',
    prefixes: [
      [508, 508],
      [6069, 6085],
    ],
    lengths: [16],
  },
  {
    issuer: 'Verve',
    prefixes: [
      [5060, 5061],
      [5078, 5079],
    ],
    lengths: [16, 18, 19],
  },
];
