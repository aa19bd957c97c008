/* Regions of a picture, as the operations `altered` and `join` of seamline/operations compute them with scipy.ndimage. A mask
   holds a byte a pixel, 0 or 1, row by row; neighbours are the four that share an edge, unless a square is named. */

const CHANGED = 24;
const BLUR = 1.5;
const CLOSING = 3;
const CORE = 5;
/* The last three in pixels of a picture 128 high. */
const SOLID = 0.05;

/** The largest region in which two pictures of RGBA bytes differ, without holes; empty where they do not. */
export const altered = (before, after, [width, height]) => {
  const scale = height / 128;
  const difference = Float32Array.from({ length: width * height }, (_, pixel) => {
    const apart = (channel) => Math.abs(after[4 * pixel + channel] - before[4 * pixel + channel]);
    return Math.max(apart(0), apart(1), apart(2));
  });
  const cut = Uint8Array.from(blurred(difference, [width, height], BLUR * scale), (value) => value > CHANGED);
  const piece = largest(cut, [width, height]);
  if (!piece) return cut;
  const closing = Math.max(1, Math.round(CLOSING * scale));
  const closed = filled(framed(piece, [width, height], closing));
  return closed.map((value, at) => value | piece[at]);
};

/** How much of an edit to take, 0 to 1 a pixel, from the mattes of the old head and of the new one, and what changed. */
export const joined = (before, after, changed, [width, height]) => {
  const region = before.map((alpha, at) => {
    const most = Math.max(alpha, after[at]);
    return most > SOLID ? 1 : most;
  });
  const size = [width, height];
  const outside = changed.map((value, at) => value && region[at] < 0.5);
  const opened = openedBySquare(outside, size, Math.round((CORE * height) / 128));
  const near = spread(opened, size).map((value, at) => value & changed[at]);
  const soft = spread(near, size);
  return region.map((alpha, at) => Math.max(alpha, near[at] ? 1 : 0.5 * soft[at]));
};

/** One picture over another, as opaque as `alpha` says; RGBA bytes. */
export const over = (below, above, alpha) => {
  const pixels = new Uint8ClampedArray(below);
  for (let at = 0; at < pixels.length; at++) {
    const opacity = alpha[at >> 2];
    if (at % 4 < 3) pixels[at] = opacity * above[at] + (1 - opacity) * below[at];
  }
  return pixels;
};

/* A Gaussian cut at four deviations, the picture mirrored at its edges; first down, then across. */
const blurred = (values, [width, height], deviation) => {
  const reach = Math.floor(4 * deviation + 0.5);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp((-0.5 * (at - reach) ** 2) / deviation ** 2));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const along = (from, length, step, lines, between) => {
    const into = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let at = 0; at < length; at++) {
        let sum = 0;
        for (let away = -reach; away <= reach; away++) sum += kernel[away + reach] * from[line * between + mirrored(at + away, length) * step];
        into[line * between + at * step] = sum / total;
      }
    }
    return into;
  };
  return along(along(values, height, width, width, 1), width, 1, height, width);
};

const mirrored = (at, length) => {
  const place = ((at % (2 * length)) + 2 * length) % (2 * length);
  return place < length ? place : 2 * length - 1 - place;
};

/* Calls `meet` with each pixel that is reached from `start` over pixels for which `open` holds; `open` must turn false for a
   pixel that was met. */
const flood = (start, [width, height], open, meet) => {
  const waiting = [start];
  while (waiting.length) {
    const at = waiting.pop();
    if (!open(at)) continue;
    meet(at);
    const column = at % width;
    if (column > 0) waiting.push(at - 1);
    if (column < width - 1) waiting.push(at + 1);
    if (at >= width) waiting.push(at - width);
    if (at < width * (height - 1)) waiting.push(at + width);
  }
};

const largest = (mask, size) => {
  const pieces = new Int32Array(mask.length);
  const sizes = [0];
  mask.forEach((value, start) => {
    if (!value || pieces[start]) return;
    const number = sizes.push(0) - 1;
    flood(start, size, (at) => mask[at] && !pieces[at], (at) => {
      pieces[at] = number;
      sizes[number] += 1;
    });
  });
  const most = sizes.indexOf(Math.max(...sizes));
  return most ? Uint8Array.from(pieces, (number) => number === most) : null;
};

/* Closed by `closing` pixels, with a frame around it so that the picture's edge is none. */
const framed = (mask, [width, height], closing) => {
  const edge = closing + 1;
  const size = [width + 2 * edge, height + 2 * edge];
  let wide = new Uint8Array(size[0] * size[1]);
  for (let row = 0; row < height; row++) wide.set(mask.subarray(row * width, (row + 1) * width), (row + edge) * size[0] + edge);
  for (let time = 0; time < closing; time++) wide = spread(wide, size);
  const not = (one) => one.map((value) => 1 - value);
  wide = not(wide);
  for (let time = 0; time < closing; time++) wide = spread(wide, size);
  wide = not(wide);
  const closed = new Uint8Array(mask.length);
  for (let row = 0; row < height; row++) {
    const from = (row + edge) * size[0] + edge;
    closed.set(wide.subarray(from, from + width), row * width);
  }
  return { mask: closed, size: [width, height] };
};

/* Without holes: what cannot be reached from the picture's edge. */
const filled = ({ mask, size: [width, height] }) => {
  const outside = new Uint8Array(mask.length);
  const from = (start) => flood(start, [width, height], (at) => !mask[at] && !outside[at], (at) => (outside[at] = 1));
  for (let column = 0; column < width; column++) [column, width * (height - 1) + column].forEach(from);
  for (let row = 0; row < height; row++) [row * width, row * width + width - 1].forEach(from);
  return outside.map((value) => 1 - value);
};

const spread = (mask, [width, height]) =>
  mask.map((value, at) => {
    const column = at % width;
    const beside = (column > 0 && mask[at - 1]) || (column < width - 1 && mask[at + 1]);
    return value || beside || (at >= width && mask[at - width]) || (at < width * (height - 1) && mask[at + width]) ? 1 : 0;
  });

/* What of a mask a square of `side` pixels fits into; outside the picture nothing is set. A square of an even side reaches
   one pixel further up and left, and back again. */
const openedBySquare = (mask, size, side) => {
  const [far, near] = [Math.floor(side / 2), side - 1 - Math.floor(side / 2)];
  const kept = inSquare(mask, size, [far, near], (value) => !value).map((value) => 1 - value);
  return inSquare(kept, size, [near, far], (value) => value);
};

/* Whether `test` holds for some pixel of the square that reaches `before` pixels up and left, and `after` down and right. */
const inSquare = (mask, [width, height], [before, after], test) =>
  mask.map((_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    for (let y = row - before; y <= row + after; y++) {
      for (let x = column - before; x <= column + after; x++) {
        const value = y >= 0 && y < height && x >= 0 && x < width ? mask[y * width + x] : 0;
        if (test(value)) return 1;
      }
    }
    return 0;
  });
