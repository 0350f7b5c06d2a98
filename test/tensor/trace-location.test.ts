import { describe, expect, it } from 'vitest';
import { ShapeError, compile, zeros } from '../../src/index.js';
import { locating, userFrame } from '../../src/tensor/trace-location.js';

describe('an error while a function is traced', () => {
  it('says where in the user’s code the call was made, once', () => {
    const product = compile(() => zeros([2, 3]).matmul(zeros([2, 3])), { name: 'product' });
    let message = '';
    try {
      product();
    } catch (error) {
      expect(error).toBeInstanceOf(ShapeError);
      message = (error as Error).message;
    }
    expect(message).toMatch(/^matmul: /);
    expect(message).toMatch(
      / \(at test\/tensor\/trace-location\.test\.ts:\d+:\d+, while 'product' was traced\)$/,
    );
  });

  it('leaves the errors of others alone, and its own once it has a place', () => {
    const other = new TypeError('no');
    const raise = (error: Error) => (): never => {
      throw error;
    };
    expect(() => locating('f', raise(other))).toThrow(/^no$/);
    const own = new ShapeError('odd.');
    expect(() => locating('g', () => locating('f', raise(own)))).toThrow(/^odd\. \(at [^()]*'f'/);
  });
});

describe('the innermost frame of the user', () => {
  const own = '/lib/gradus/dist/';
  const frame = (...lines: string[]): string | undefined =>
    userFrame(['Error: odd', ...lines].join('\n'), own, '/home/me/work');

  it('lies outside the package, the platform and other packages', () => {
    const lines = [
      '    at check (file:///lib/gradus/dist/tensor/conv.js:9:1)',
      '    at node:internal/modules/run:5:2',
      '    at wrap (/home/me/work/node_modules/x/index.js:1:1)',
      '    at step (file:///home/me/work/src/train.ts?v=3:12:9)',
    ];
    expect(frame(...lines)).toBe('src/train.ts:12:9');
  });

  it('is read from any engine’s stack, on any system', () => {
    expect(frame('step@http://host/app/train.js:3:4')).toBe('app/train.js:3:4');
    expect(frame('    at C:\\code\\me\\train.ts:7:1')).toBe('me/train.ts:7:1');
    expect(frame('    at async file:///else/where/a%20b.ts:1:2')).toBeUndefined();
  });

  it('is not there where it cannot be told', () => {
    expect(frame('    at native')).toBeUndefined();
    expect(userFrame('Error\n    at f (/a/b.js:1:1)', undefined)).toBeUndefined();
  });
});
