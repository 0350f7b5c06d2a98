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


def fit(f, weight, lo, hi, powers, bits, grid=600):
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


LN2_HALF = mp.log(2) / 2
ROOT_HALF = mp.sqrt(mpf('0.5'))


def taylor_safe(exact, series, near):
    """`exact`, but the series close to 0, where the exact form cancels."""
    return lambda x: series(x) if abs(x) < near else exact(x)


# name -> (function, weight, low, high, powers, bits)
FITS = {
    # exp(r) = 1 + r + r^2 q(r); the error relative to expm1
    'exp32': (lambda r: (mp.expm1(r) - r) / r**2, lambda r: r**2 / mp.expm1(r),
              -LN2_HALF * 1.001, LN2_HALF * 1.001, range(5), 24),
    # log(1+f) = f - f^2/2 + f^3 p(f)
    'log32': (lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3, lambda f: f**3 / mp.log1p(f),
              ROOT_HALF - 1, mp.sqrt(2) - 1, range(8), 24),
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
