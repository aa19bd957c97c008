/* Pictures as RGBA bytes: from files, onto canvases, and what can be read off two of them. */

export const pixelsOf = async (url, { width, height } = {}) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const image = await createImageBitmap(await response.blob(), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(width ?? image.width, height ?? image.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
};

export const show = (canvas, pixels) => {
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels), canvas.width, canvas.height), 0, 0);
};

/* A pixel counts as changed when a channel moved by more: CHANGE_THRESHOLD in measures/builtin/change.py. */
const VISIBLE = 20;

/** Share of the pixels that changed visibly, each weighted by `weights` (0 to 255, one a pixel; all alike without). */
export const changed = (pixels, before, weights = null) => {
  let [moved, all] = [0, 0];
  for (let at = 0, pixel = 0; at < pixels.length; at += 4, pixel++) {
    const weight = weights ? weights[pixel] : 1;
    const most = Math.max(...[0, 1, 2].map((channel) => Math.abs(pixels[at + channel] - before[at + channel])));
    if (most > VISIBLE) moved += weight;
    all += weight;
  }
  return all ? moved / all : 0;
};

/** The truth about one chip: the true picture, and how much each pixel should be kept (0 to 255). */
export const truthOf = async (base, truth, chip, photo, { width, height }) => {
  const at = truth.chips.indexOf(chip);
  if (at < 0) return null;
  const [left, top, across, down] = truth.box;
  const [pictures, kept] = await Promise.all([truth.pictures, truth.kept].map((file) => pixelsOf(new URL(file, base))));
  const picture = new Uint8ClampedArray(photo);
  const keep = new Uint8Array(width * height).fill(255);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const from = 4 * ((at * down + row) * across + column);
      const to = (top + row) * width + left + column;
      keep[to] = kept.data[from];
      for (let channel = 0; channel < 3; channel++) picture[4 * to + channel] = pictures.data[from + channel];
    }
  }
  return { picture, keep };
};
