// How gradients fare on their way back through time, as small experiments: docs/recurrence.md shows
// their curves, and test/notes/recurrence-claims.test.ts checks what they show. Each takes the
// library's modules.

/** @typedef {{ gradus: any, nn: any }} Library */

const [STEPS, BATCH, INPUTS, HIDDEN] = [100, 4, 8, 32];

/**
 * The read-out of a layer for a loss that looks at the last step only: every gradient before it has
 * come back through the states.
 */
function flowOf({ gradus, nn }, seed, make) {
  gradus.manualSeed(seed);
  const layer = make(nn);
  const x = gradus.randn([STEPS, BATCH, INPUTS]);
  const v = gradus.randn([BATCH, HIDDEN]);
  const { layers } = nn.gradientFlow(layer, () => layer.forward(x)[0].at(-1).mul(v).sum());
  return layers[0];
}

/** ‖∂L/∂h_t‖, of an LSTM that by h_t and c_t together, for every t, as a share of the last. */
export function sharesOf({ norms, memoryNorms }) {
  const both = norms.map((norm, t) => Math.hypot(norm, memoryNorms?.[t] ?? 0));
  return both.map((norm) => norm / both.at(-1));
}

/** Sets a part of b_hh, by its position among the gates. */
function setBias(layer, gate, value) {
  const bias = layer.weights[0].biasHh;
  const isOwn = (i) => Math.floor(i / HIDDEN) === gate;
  bias.load([...bias.dataSync()].map((v, i) => (isOwn(i) ? value : v)));
  return layer;
}

const [FORGET_GATE, UPDATE_GATE] = [1, 1];

/** As PyTorch begins: W_hh uniform on ±1/√H, and gates half open. */
export function asInitialised(library) {
  const run = (make) => flowOf(library, 1, make);
  return {
    'tanh RNN': run((nn) => new nn.RNN(INPUTS, HIDDEN)),
    LSTM: run((nn) => new nn.LSTM(INPUTS, HIDDEN)),
    GRU: run((nn) => new nn.GRU(INPUTS, HIDDEN)),
  };
}

/** The same with what is known to help: W_hh orthogonal, and gates that begin by remembering. */
export function remembering(library) {
  const run = (make) => flowOf(library, 1, make);
  const orthogonal = (nn) => {
    const rnn = new nn.RNN(INPUTS, HIDDEN);
    nn.init.orthogonal(rnn.weights[0].weightHh);
    return rnn;
  };
  return {
    'tanh RNN': run(orthogonal),
    LSTM: run((nn) => setBias(new nn.LSTM(INPUTS, HIDDEN), FORGET_GATE, 4)),
    GRU: run((nn) => setBias(new nn.GRU(INPUTS, HIDDEN), UPDATE_GATE, 4)),
  };
}

/** (5.5): the notes' form with W_hh orthogonal, times a gain, which is then its spectral radius. */
export function linearPowers(library) {
  const run = (gain) =>
    flowOf(library, 1, (nn) => {
      const rnn = new nn.RNN(INPUTS, HIDDEN, { form: 'notes' });
      nn.init.orthogonal(rnn.weights[0].weightHh, { gain });
      return rnn;
    });
  return Object.fromEntries([0.9, 1, 1.1].map((gain) => [`ρ = ${gain}`, run(gain)]));
}
