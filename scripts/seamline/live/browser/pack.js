/* The file of graphs and weights, as seamline/live/weights_pack.py writes it. */

/** Hands a buffer's memory back at once; nobody can read it afterwards. The garbage collector would let tens of
    megabytes lie until after the runtime is compiled, when a page holds the most. A browser without `transfer` does. */
export const release = (buffer) => buffer.transfer?.(0);

/** Its JSON, and the graphs by name: each with what makes its tensors, as float32, when it is their turn. */
export const unpacked = (buffer) => {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const payload = 4 + length;
  const graphs = new Map(
    head.graphs.map(({ name, at, bytes, tensors }) => {
      const model = new Uint8Array(buffer, payload + at, bytes);
      return [name, { model, tensors: () => joined(buffer, payload, tensors) }];
    }),
  );
  return { head, graphs };
};

const joined = (buffer, payload, tensors) => {
  const all = new Float32Array(tensors.reduce((sum, tensor) => sum + tensor.elements, 0));
  let place = 0;
  for (const tensor of tensors) {
    READERS[tensor.kept](buffer, payload, tensor, all.subarray(place, place + tensor.elements));
    place += tensor.elements;
  }
  return new Uint8Array(all.buffer);
};

const READERS = {
  float32: (buffer, payload, { at, elements }, into) => into.set(new Float32Array(buffer, payload + at, elements)),

  float16: (buffer, payload, { at, elements }, into) => {
    const halves = new Uint16Array(buffer, payload + at, elements);
    for (let index = 0; index < elements; index++) into[index] = single(halves[index]);
  },

  int8: (buffer, payload, { at, elements, scales, channels, together }, into) => {
    const numbers = new Int8Array(buffer, payload + at, elements);
    const scale = new Float32Array(buffer, payload + scales, channels);
    for (let index = 0; index < elements; index++) {
      into[index] = numbers[index] * scale[Math.floor(index / together) % channels];
    }
  },
};

/* IEEE 754: one sign bit, five of the exponent, ten of the fraction. */
const single = (half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};
