/** What is sold in the sample, and names for its buyers. All made up. */
const KINDS = ['T-shirt', 'Jumper', 'Scarf', 'Mug', 'Notebook', 'Lamp', 'Cushion', 'Candle', 'Tote bag', 'Umbrella'];
const COLOURS = ['red', 'blue', 'green', 'black', 'cream', 'mustard'];
const SIZES = ['S', 'M', 'L', 'XL'];
export const FIRST = ['Ada', 'Ben', 'Cleo', 'Dev', 'Ewa', 'Finn', 'Gita', 'Hugo', 'Ines', 'Jonas'];
export const LAST = ['Marsh', 'Okoro', 'Petrov', 'Quill', 'Rossi', 'Sato'];

interface Product {
  readonly sku: string;
  readonly title: string;
  readonly pence: number;
}

export const products: readonly Product[] = KINDS.flatMap((kind, k) =>
  COLOURS.flatMap((colour, c) =>
    SIZES.map((size, s) => ({
      sku: `${kind.slice(0, 3).toUpperCase()}-${colour.toUpperCase()}-${size}`,
      title: `${kind}, ${colour}, ${size}`,
      pence: 500 + k * 350 + c * 50 + s * 100,
    })),
  ),
);
