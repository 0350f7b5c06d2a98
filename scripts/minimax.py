#!/usr/bin/env python3
"""Minimax coefficients of src/engine/compiler/math, by the Remez exchange algorithm.

    python3 scripts/minimax.py [name ...]

Each fit f(x) ~ sum c_k x^powers[k] minimises max |weight(x) (f(x) - p(x))|, where the weight turns
the error into the relative error of the function computed in the end. For the precision `bits`
(24 or 53) the coefficients are rounded one by one from the lowest power, and the rest is fitted
again after each, so that the rounding costs nothing. Needs mpmath.
"""
import struct
import sys

from mpmath import mp, mpf

mp.dps = 45


def round_to(x, bits):
    if bits == 24:
        return mpf(struct.unpack('f', struct.pack('f', float(x)))[0])
    return mpf(float(x))


def solve_reference(points, fs, ws, powers):
    """Coefficients and levelled error on the given reference points."""
    n = len(powers)
    rows = mp.matrix(n + 1, n + 1)
    rhs = mp.matrix(n + 1, 1)
    for i in range(n + 1):
        for k, power in enumerate(powers):
            rows[i, k] = points[i] ** power
        rows[i, n] = (-1) ** i / ws[i]
        rhs[i] = fs[i]
    solution = mp.lu_solve(rows, rhs)
    return [solution[k] for k in range(n)], abs(solution[n])


def alternation(errors, count):
    """Indices of `count` extrema of alternating sign, among them the largest."""
    picks = []
    for i, e in enumerate(errors):
        if picks and (e >= 0) == (errors[picks[-1]] >= 0):
            if abs(e) > abs(errors[picks[-1]]):
                picks[-1] = i
        else:
            picks.append(i)
    while len(picks) > count:
        if len(picks) == count + 1:
            picks.pop(0 if abs(errors[picks[0]]) < abs(errors[picks[-1]]) else -1)
        else:  # drop the smallest and its smaller neighbour, which keeps the signs alternating
            j = min(range(len(picks)), key=lambda k: abs(errors[picks[k]]))
            if j in (0, len(picks) - 1):
                picks.pop(j)
            else:
                near = j - 1 if abs(errors[picks[j - 1]]) < abs(errors[picks[j + 1]]) else j + 1
                for k in sorted((j, near), reverse=True):
                    picks.pop(k)
    return picks


def remez(xs, fs, ws, powers):
    """Minimax fit on the grid xs; returns coefficients and the largest weighted error."""
    n = len(powers)
    ref = [round(j * (len(xs) - 1) / mpf(n)) for j in range(n + 1)]
    ref = [int(r) for r in ref]
    best = None
    for _ in range(30):
        coefs, level = solve_reference(
            [xs[i] for i in ref], [fs[i] for i in ref], [ws[i] for i in ref], powers)
        errors = [w * (f - sum(c * x ** p for c, p in zip(coefs, powers)))
                  for x, f, w in zip(xs, fs, ws)]
        worst = max(abs(e) for e in errors)
        if best is None or worst < best[1]:
            best = (coefs, worst)
        if worst <= level * mpf('1.005'):
            break
        picks = alternation(errors, n + 1)
        if len(picks) < n + 1:
            break
        ref = picks
    return best


def worst_error(xs, fs, ws, powers, coefs):
    return max(abs(w * (f - sum(c * x ** p for c, p in zip(coefs, powers))))
               for x, f, w in zip(xs, fs, ws))


def fit(f, weight, lo, hi, powers, bits, grid=300):
    lo, hi = mpf(lo), mpf(hi)
    xs = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * (j + mpf('0.5')) / grid)
          for j in range(grid)]
    xs = [x for x in xs if x != 0]
    fs = [f(x) for x in xs]
    ws = [abs(weight(x)) for x in xs]
    rounded = []
    left = list(powers)
    coefs, _ = remez(xs, fs, ws, left)
    while left:
        c = round_to(coefs[0], bits)
        rounded.append(c)
        fs = [f_ - c * x ** left[0] for f_, x in zip(fs, xs)]
        left, coefs = left[1:], coefs[1:]
        if left:  # where 0 is inside the interval, the exchange may fail: then keep the old rest
            again, worst = remez(xs, fs, ws, left)
            if worst < worst_error(xs, fs, ws, left, coefs):
                coefs = again
    worst = max(abs(w * f_) for f_, w in zip(fs, ws))
    return rounded, worst


HALF_LN2 = mp.log(2) / 2 * mpf('1.0005')
QUARTER_PI = mp.pi / 4 * mpf('1.0005')
ROOT_HALF = mp.sqrt(mpf('0.5'))
#: the largest s² for s = f / (2 + f), √½ ≤ 1 + f < √2
S_SQUARED = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf('1.0001')
#: intervals of even functions end here, not at 0, where the formulas divide 0 by 0
NEARLY_0 = mpf('1e-4')


def artanh_series(z):
    """artanh(s) / s for s² = z."""
    s = mp.sqrt(z)
    return mp.atanh(s) / s


def artanh_tail(z):
    return (artanh_series(z) - 1 - z / 3 - z**2 / 5) / z**3


def even(count):
    return range(0, 2 * count, 2)


def exp_fit(count, bits):
    """exp(r) = 1 + r + r² p(r); the error relative to exp(r) - 1"""
    return (lambda r: (mp.expm1(r) - r) / r**2, lambda r: r**2 / mp.expm1(r),
            -HALF_LN2, HALF_LN2, range(count), bits)


def sin_fit(count, bits):
    return (lambda r: (mp.sin(r) - r) / r**3, lambda r: r**3 / mp.sin(r),
            NEARLY_0, QUARTER_PI, even(count), bits)


def cos_fit(count, bits):
    return (lambda r: (mp.cos(r) - 1 + r**2 / 2) / r**4, lambda r: r**4 / mp.cos(r),
            NEARLY_0, QUARTER_PI, even(count), bits)


def erf_near_fit(count, bits):
    return (lambda x: mp.erf(x) / x - 1, lambda x: x / mp.erf(x), NEARLY_0, 1, even(count), bits)


# name -> (function, weight, low, high, powers, bits)
FITS = {
    'exp32': exp_fit(5, 24),
    'exp64': exp_fit(11, 53),
    # log(1+f) = f - f²/2 + f³ p(f)
    'log32': (lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3, lambda f: f**3 / mp.log1p(f),
              ROOT_HALF - 1, mp.sqrt(2) - 1, range(8), 24),
    'log64': (lambda z: 2 * (artanh_series(z) - 1) / z, lambda z: z / 2,
              NEARLY_0**2, S_SQUARED, range(7), 53),
    'sin32': sin_fit(3, 24),
    'sin64': sin_fit(6, 53),
    'cos32': cos_fit(3, 24),
    'cos64': cos_fit(6, 53),
    'erfNear32': erf_near_fit(7, 24),
    'erfNear64': erf_near_fit(12, 53),
    'erfFar32': (lambda u: mp.erfc(1 + u) ** mpf('0.25'),
                 lambda u: 4 * mp.erfc(1 + u) ** mpf('0.75') / mp.erf(1 + u),
                 0, 3, range(9), 24),
    'erfFar64': (lambda u: mp.erfc(1 + u) * mp.exp((1 + u) ** 2),
                 lambda u: mp.exp(-(1 + u) ** 2) / mp.erf(1 + u), 0, 5, range(22), 53),
    'log2pow32': (lambda z: 2 * artanh_series(z) / mp.log(2),
                  lambda z: mp.log(2) / (2 * artanh_series(z)),
                  NEARLY_0**2, S_SQUARED, range(5), 53),
    'exp2pow32': (lambda r: (mpf(2) ** r - 1) / r, lambda r: r / mpf(2) ** r,
                  -0.5, 0.5, range(7), 53),
    'logTail64': (artanh_tail, lambda z: 1 / artanh_tail(z), NEARLY_0, S_SQUARED, range(8), 53),
}


def main():
    names = sys.argv[1:] or list(FITS)
    for name in names:
        f, weight, lo, hi, powers, bits = FITS[name]
        coefs, worst = fit(f, weight, lo, hi, list(powers), bits)
        print(f'{name}: [{mp.nstr(mpf(lo), 8)}, {mp.nstr(mpf(hi), 8)}], '
              f'error {mp.nstr(worst, 3)} = 2^{mp.nstr(mp.log(worst, 2), 4)}')
        for c in coefs:
            print(f'  {float(c)!r},')


if __name__ == '__main__':
    main()
