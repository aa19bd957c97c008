/* Pictures as RGBA bytes: from files, onto canvases, and the truth about them. */

import { surfaceOf } from "./light.js";

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

/** The truth about one chip: the true `picture`; how much each pixel should be kept (`keep`, 0 to 255); where the light is
    read from (`surface`), and what is read there on the true picture (`angle`, in degrees or null). Null where the chip
    changes nothing. */
export const truthOf = async (base, truth, chip, photo, { width, height }) => {
  const at = truth.chips.indexOf(chip);
  if (at < 0) return null;
  const [left, top, across, down] = truth.box;
  const files = [truth.pictures, truth.kept, truth.normals];
  const cut = (await Promise.all(files.map((file) => pixelsOf(new URL(file, base))))).map(({ data }) =>
    data.subarray(4 * at * down * across, 4 * (at + 1) * down * across),
  );
  const placeOf = (index) => (top + Math.floor(index / across)) * width + left + (index % across);
  const [pictures, kept, normals] = cut;
  const picture = new Uint8ClampedArray(photo);
  const keep = new Uint8Array(width * height).fill(255);
  for (let index = 0; index < across * down; index++) {
    const place = placeOf(index);
    keep[place] = kept[4 * index];
    picture.set(pictures.subarray(4 * index, 4 * index + 3), 4 * place);
  }
  return { picture, keep, surface: surfaceOf(normals, placeOf, { width, height }), angle: truth.light_angles[at] };
};
