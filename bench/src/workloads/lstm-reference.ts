export interface LstmShape {
  readonly steps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly hidden: number;
}

interface Operands {
  /** [steps, batch, inputs] */
  readonly x: Float32Array;
  /** [inputs, 4 · hidden] and [hidden, 4 · hidden]; the gates are i, f, g, o. */
  readonly wx: Float32Array;
  readonly wh: Float32Array;
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** The sum of squares of the last hidden state of an LSTM that starts from zeros, in f64. */
export function lstmReference(s: LstmShape, { x, wx, wh }: Operands): number {
  const { batch, inputs, hidden } = s;
  let h = new Float64Array(batch * hidden);
  const c = new Float64Array(batch * hidden);
  for (let t = 0; t < s.steps; t++) {
    const next = new Float64Array(batch * hidden);
    for (let n = 0; n < batch; n++) {
      const gate = (column: number): number => {
        let sum = 0;
        const from = (t * batch + n) * inputs;
        for (let k = 0; k < inputs; k++) sum += x[from + k]! * wx[k * 4 * hidden + column]!;
        for (let k = 0; k < hidden; k++) sum += h[n * hidden + k]! * wh[k * 4 * hidden + column]!;
        return sum;
      };
      for (let j = 0; j < hidden; j++) {
        const at = n * hidden + j;
        const [i, f, o] = [j, hidden + j, 3 * hidden + j].map((column) => sigmoid(gate(column)));
        c[at] = f! * c[at]! + i! * Math.tanh(gate(2 * hidden + j));
        next[at] = o! * Math.tanh(c[at]!);
      }
    }
    h = next;
  }
  return h.reduce((sum, v) => sum + v * v, 0);
}
