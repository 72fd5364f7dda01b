import { expect, test } from '@jest/globals';
import { parseUuid } from './uuid.js';

const ID = 'b4e5c2f0-7d0e-4a43-8f6a-2f1d9f1f0a11';

test.each([
  ID,
  ID.toUpperCase(),
  `{${ID}}`,
  `(${ID})`,
  `  ${ID}\n`,
  ID.replaceAll('-', ''),
  '{0xb4e5c2f0, 0x7d0e, 0x4a43, {0x8f, 0x6a, 0x2f, 0x1d, 0x9f, 0x1f, 0xa, 0x11}}',
])('%p is an id that .NET reads', (text) => {
  expect(parseUuid(text)).toBe(ID);
});

test.each([
  ['', 'Unrecognized Guid format.'],
  ['zzz', 'Unrecognized Guid format.'],
  [`${ID}0`, 'Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).'],
  [`{${ID})`, 'Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).'],
  ['b4e5c2f0-7d0e4-a43-8f6a-2f1d9f1f0a11', 'Dashes are in the wrong position for GUID parsing.'],
  [ID.replace('b', 'z'), 'Guid string should only contain hexadecimal characters.'],
])('%p is none: %s', (text, message) => {
  expect(() => parseUuid(text)).toThrow(message);
});
