/** Fields by the names under which PyTorch saves them: `linL` as `lin_l`. */
export function* pyTorchNames(members: Iterable<[string, unknown]>): Generator<[string, unknown]> {
  for (const [name, value] of members) {
    yield [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value];
  }
}
