#!/usr/bin/env python3
"""Writes test/goldens/math.json: elementary functions at f64 arguments, to 106 bits, by mpmath.

    python3 scripts/goldens-math.py

Each entry is [x, high, low] (for two operands [x, y, high, low]): the exact value is high + low.
"""
import json
import math
import os
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 400
SEED = 7
POINTS = 160


def both_signs(values):
    return [s * v for v in values for s in (1, -1)]


def exponential(rng, low, high, count):
    """Positive numbers, uniform in their logarithm."""
    return [math.exp(rng.uniform(math.log(low), math.log(high))) for _ in range(count)]


def near(points, steps=(-2, -1, 1, 2)):
    """Neighbours of the points, some ulps off."""
    out = []
    for p in points:
        out.append(p)
        for s in steps:
            q = p
            for _ in range(abs(s)):
                q = math.nextafter(q, math.inf if s > 0 else -math.inf)
            out.append(q)
    return out


def multiples_of_half_pi():
    ks = [1, 2, 3, 4, 5, 10, 99, 1000, 12345, 1048575, 1048577, 10**9 + 7, 10**15 + 3]
    worst = [6381956970095103.0 * 2.0**797]  # the double nearest to a multiple of π/2
    return worst + near([float(mp.pi / 2 * k) for k in ks], (-1, 1))


LN2 = math.log(2)
TINY = [5e-324, 1e-320, 2.3e-308, 1e-300, 1e-100, 1e-20, 1e-16, 1.2e-16, 1e-10, 1e-8]


def arguments(rng):
    u, e = rng.uniform, exponential
    small = both_signs(TINY)
    wide = both_signs(e(rng, 1e-5, 1, POINTS // 4))
    ln2s = near([k * LN2 / 2 for k in (-3, -2, -1, 1, 2, 3)])
    return {
        'exp': small + ln2s + [u(-745.1, 709.7) for _ in range(POINTS)]
        + near([709.782712893384, -708.3964185322641, -745.1332191019411], (-1,)) + wide,
        'expm1': small + ln2s + wide + [u(-40, 40) for _ in range(POINTS)]
        + [u(-1, 1) for _ in range(POINTS)] + [709.7827, 709.4, 500.5, -700.0],
        'log': TINY + e(rng, 5e-324, 1.7e308, POINTS) + [u(0.5, 2) for _ in range(POINTS)]
        + near([1.0, math.sqrt(0.5), math.sqrt(2), 2.0]) + [1.7976931348623157e308],
        'log1p': small + wide + [u(-0.9999, 3) for _ in range(POINTS)]
        + e(rng, 1e-3, 1.7e308, POINTS // 2) + near([-0.9999999999999, 1.0, 0.4142, -0.2929])
        + [math.nextafter(-1, 0), 1.7976931348623157e308],
        'sin': small + wide + [u(-20, 20) for _ in range(POINTS)] + multiples_of_half_pi()
        + both_signs(e(rng, 1, 1.7e308, POINTS // 2)),
        'cos': small + wide + [u(-20, 20) for _ in range(POINTS)] + multiples_of_half_pi()
        + both_signs(e(rng, 1, 1.7e308, POINTS // 2)),
        'tanh': small + wide + [u(-3, 3) for _ in range(POINTS)] + [u(-25, 25) for _ in range(40)],
        'sigmoid': small + wide + [u(-40, 40) for _ in range(POINTS)]
        + [u(-745, 745) for _ in range(POINTS // 2)] + [u(-1, 1) for _ in range(40)],
        'erf': small + wide + [u(-6.5, 6.5) for _ in range(POINTS)] + near([1.0, -1.0, 5.9, 6.0]),
        'rsqrt': TINY + e(rng, 5e-324, 1.7e308, POINTS),
    }


def pairs(rng):
    u = rng.uniform
    out = [(u(0.1, 10), u(-20, 20)) for _ in range(POINTS)]
    out += [(math.exp(u(-700, 700)), u(-1, 1)) for _ in range(POINTS // 2)]
    for _ in range(POINTS):  # results over the whole range of exponents
        x = math.exp(u(-30, 30))
        out.append((x, u(-744, 709) / math.log(x)))
    out += [(1 + u(-1e-3, 1e-3), u(-6e5, 6e5)) for _ in range(POINTS // 2)]
    out += [(math.nextafter(1, 2), u(-3e18, 3e18)) for _ in range(10)]
    out += [(-u(0.1, 10), float(rng.randint(-30, 30))) for _ in range(40)]
    out += [(5e-324, 0.3), (1e-310, -0.99), (1.7e308, -1.04), (2.0, -1074.0), (2.0, 1023.0)]
    return out


EXACT = {
    'exp': mp.exp, 'expm1': mp.expm1, 'log': mp.log, 'log1p': mp.log1p, 'sin': mp.sin,
    'cos': mp.cos, 'tanh': mp.tanh, 'sigmoid': lambda x: 1 / (1 + mp.exp(-x)), 'erf': mp.erf,
    'rsqrt': lambda x: 1 / mp.sqrt(x),
}


def split(v):
    high = float(v)
    return [high, float(v - mpf(high))]


def main():
    rng = random.Random(SEED)
    out = {'mpmath': mpmath.__version__, 'seed': SEED, 'unary': {}, 'binary': {}}
    for name, xs in arguments(rng).items():
        out['unary'][name] = [[x, *split(EXACT[name](mpf(x)))] for x in xs]
    out['binary']['pow'] = [[x, y, *split(mp.power(mpf(x), mpf(y)))] for x, y in pairs(rng)]
    path = os.path.join(os.path.dirname(__file__), '..', 'test', 'goldens', 'math.json')
    text = json.dumps(out, separators=(',', ':'), allow_nan=False).replace('],[', '],\n[')
    with open(path, 'w') as f:
        f.write(text + '\n')


if __name__ == '__main__':
    main()
