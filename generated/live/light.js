/* Where the light on a face comes from, read from its shading: `light_angle` of measures/builtin/light.py, whose comments
   give the sources. */

const LUMINANCE = [0.2126, 0.7152, 0.0722];
const ROUNDS = 12;
const ENOUGH = 48;
/* So many pixels are left at least when those in shadow are left out. */

const ROWS = 128;
/* Larger pictures are averaged down to about so many rows first. */

/** Where the light is read from, in pixels as seamline/live/scene_light.py packs them: the squares of pixels that are read
    as one, each by the indices of its pixels, and their normals. `pixelAt` gives the index that a packed pixel has in a
    picture of `width` x `height`. */
export const surfaceOf = (packed, pixelAt, { width, height }) => {
  const times = Math.max(1, Math.floor(height / ROWS));
  const square = Array.from({ length: times * times }, (_, at) => Math.floor(at / times) * width + (at % times));
  const [places, normals] = [[], []];
  for (let at = 0; at < packed.length; at += 4) {
    const [highX, highY, low] = packed.subarray(at, at + 3);
    if (!(highX || highY || low)) continue;
    const [x, y] = [(highX << 4) | (low >> 4), (highY << 4) | (low & 15)].map((part) => (2 * part) / 4095 - 1);
    const corner = pixelAt(at / 4);
    places.push(square.map((offset) => corner + offset));
    normals.push([x, y, Math.sqrt(Math.max(0, 1 - x * x - y * y))]);
  }
  return { places, normals };
};

/** Angle in degrees between the light on a face and `light`, a unit vector; null where nothing can be read. */
export const lightAngle = (pixels, { places, normals }, light) => {
  if (!places.length) return null;
  const brightness = (place) => LUMINANCE.reduce((sum, weight, channel) => sum + (weight * pixels[4 * place + channel]) / 255, 0);
  const shade = places.map((square) => square.reduce((sum, place) => sum + brightness(place), 0) / square.length);
  let weights = normals.map(() => 1);
  let slopes = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const solution = fitted(normals, shade, weights);
    if (!solution) return null;
    slopes = solution.slice(1);
    const residuals = normals.map((normal, at) => Math.abs(shade[at] - solution[0] - dot(normal, slopes)));
    const scale = 1.5 * median(residuals) + 1e-6;
    weights = residuals.map((residual) => 1 / (1 + (residual / scale) ** 2));
    const lit = normals.map((normal) => dot(normal, slopes) > -0.1 * Math.hypot(...slopes));
    if (lit.filter(Boolean).length >= ENOUGH) weights = weights.map((weight, at) => (lit[at] ? weight : 0));
  }
  const length = Math.hypot(...slopes);
  if (length < 1e-6) return null;
  return (Math.acos(Math.min(Math.max(dot(slopes, light) / length, -1), 1)) * 180) / Math.PI;
};

const dot = (one, other) => one[0] * other[0] + one[1] * other[1] + one[2] * other[2];

const median = (values) => {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/* Weighted least squares of shade ~ a + b . normal by the normal equations: [a, b1, b2, b3], null where they have no one
   solution. */
const fitted = (normals, shade, weights) => {
  const rows = Array.from({ length: 4 }, () => new Float64Array(5));
  normals.forEach((normal, at) => {
    const sample = [1, ...normal];
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 4; column++) rows[row][column] += weights[at] * sample[row] * sample[column];
      rows[row][4] += weights[at] * sample[row] * shade[at];
    }
  });
  return solved(rows);
};

/* Gauss and Jordan's elimination, the largest pivot first. */
const solved = (rows) => {
  for (let at = 0; at < rows.length; at++) {
    const best = rows.reduce((found, row, index) => (index >= at && Math.abs(row[at]) > Math.abs(rows[found][at]) ? index : found), at);
    [rows[at], rows[best]] = [rows[best], rows[at]];
    if (Math.abs(rows[at][at]) < 1e-12) return null;
    rows.forEach((row, index) => {
      const factor = row[at] / rows[at][at];
      if (index !== at) row.forEach((_, column) => (row[column] -= factor * rows[at][column]));
    });
  }
  return rows.map((row, at) => row[4] / row[at]);
};
