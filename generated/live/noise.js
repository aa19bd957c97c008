/* The noise that torch's CPU generator gives for a seed: torch.randn for 16 numbers or more.

   Mersenne twister: Matsumoto and Nishimura 1998. Normal numbers: Box and Muller 1958, in blocks of sixteen, the first
   eight uniform numbers giving the radius and the next eight the angle, as ATen's `normal_fill` does. */

const N = 624;
const M = 397;

const twister = (seed) => {
  const state = new Uint32Array(N);
  state[0] = seed >>> 0;
  for (let at = 1; at < N; at++) {
    const before = state[at - 1] ^ (state[at - 1] >>> 30);
    state[at] = Math.imul(1812433253, before) + at;
  }
  let next = N;

  const refill = () => {
    for (let at = 0; at < N; at++) {
      const mixed = (state[at] & 0x80000000) | (state[(at + 1) % N] & 0x7fffffff);
      state[at] = state[(at + M) % N] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    next = 0;
  };

  return () => {
    if (next === N) refill();
    let word = state[next++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
};

const BLOCK = 16;

/** `count` normal numbers, a multiple of sixteen, for a seed of 0 to 2^32 - 1. */
export const noise = (seed, count) => {
  if (count % BLOCK) throw new RangeError(`${count} is no multiple of ${BLOCK}`);
  const word = twister(seed);
  const values = new Float32Array(count);
  for (let at = 0; at < count; at++) values[at] = (word() & 0xffffff) / 0x1000000;
  for (let start = 0; start < count; start += BLOCK) {
    for (let at = start; at < start + BLOCK / 2; at++) {
      const radius = Math.sqrt(-2 * Math.log(1 - values[at]));
      const angle = 2 * Math.PI * values[at + BLOCK / 2];
      values[at] = radius * Math.cos(angle);
      values[at + BLOCK / 2] = radius * Math.sin(angle);
    }
  }
  return values;
};
