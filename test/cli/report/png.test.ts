import { expect, test } from 'vitest';
import { pngUri } from '../../../src/cli/report/png.js';

test('an image as an address', () => {
  const uri = pngUri({ dtype: 'u8', shape: [1, 1, 1], values: new Uint8Array(1) });
  expect(uri).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
});
