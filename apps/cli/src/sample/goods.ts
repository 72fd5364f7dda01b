/** The articles of the sample, and names of its buyers. All are invented. */
const KINDS = ['T-shirt', 'Jumper', 'Scarf', 'Mug', 'Notebook', 'Lamp', 'Cushion', 'Candle', 'Tote bag', 'Umbrella'];
const COLORS = ['red', 'blue', 'green', 'black', 'cream', 'mustard'];
const SIZES = ['S', 'M', 'L', 'XL'];
export const FIRST_NAMES = ['Ada', 'Ben', 'Cleo', 'Dev', 'Ewa', 'Finn', 'Gita', 'Hugo', 'Ines', 'Jonas'];
export const LAST_NAMES = ['Marsh', 'Okoro', 'Petrov', 'Quill', 'Rossi', 'Sato'];

export interface Product {
  readonly sku: string;
  readonly title: string;
  readonly pence: number;
}

export const products: readonly Product[] = KINDS.flatMap((kind, k) =>
  COLORS.flatMap((color, c) =>
    SIZES.map((size, s) => ({
      sku: `${kind.slice(0, 3).toUpperCase()}-${color.toUpperCase()}-${size}`,
      title: `${kind}, ${color}, ${size}`,
      pence: 500 + k * 350 + c * 50 + s * 100,
    })),
  ),
);
