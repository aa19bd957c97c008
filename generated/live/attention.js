/* Where each word of an instruction was read, as runners/instruct_pix2pix/attention_maps.py computes it: cross-attention
   averaged over heads, summed over layers and steps (Tang et al. 2023, section 3). */

const OUTPUT = /^attention_(\d+)x(\d+)$/;

/** Sums up what predictions hand out. */
export class Attention {
  constructor() {
    this.sums = new Map();
  }

  /** @param outputs of a prediction, by name: those of attention hold (places, tokens) for one level each. */
  add(outputs) {
    for (const [name, { data }] of Object.entries(outputs)) {
      if (!OUTPUT.test(name)) continue;
      const sum = this.sums.get(name);
      if (sum) data.forEach((value, at) => (sum[at] += value));
      else this.sums.set(name, Float32Array.from(data));
    }
  }

  /** The map of some tokens, `height` x `width`, 0 to 255, its brightest place 255. */
  map(tokens, [height, width]) {
    const total = new Float32Array(height * width);
    for (const [name, sum] of this.sums) {
      const [high, wide] = OUTPUT.exec(name).slice(1).map(Number);
      const length = sum.length / (high * wide);
      const level = Float32Array.from({ length: high * wide }, (_, place) => tokens.reduce((all, token) => all + sum[place * length + token], 0));
      enlarged(level, [high, wide], [height, width]).forEach((value, at) => (total[at] += value));
    }
    const most = total.reduce((one, other) => Math.max(one, other), 1e-12);
    return Uint8ClampedArray.from(total, (value) => (255 * value) / most);
  }
}

/* Bilinear between the middles of pixels, the border repeated. */
const enlarged = (values, [high, wide], [height, width]) => {
  const between = (place, from, to) => {
    const at = Math.max(((place + 0.5) * from) / to - 0.5, 0);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, from - 1), at - low];
  };
  const columns = Array.from({ length: width }, (_, x) => between(x, wide, width));
  return Float32Array.from({ length: height * width }, (_, at) => {
    const [top, bottom, down] = between(Math.floor(at / width), high, height);
    const [left, right, across] = columns[at % width];
    const row = (y) => values[y * wide + left] * (1 - across) + values[y * wide + right] * across;
    return row(top) * (1 - down) + row(bottom) * down;
  });
};
