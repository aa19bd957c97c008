/* The matting network, and an edit composited over its photo by it: the steps of the sample that `recipe.js` writes. */

import * as ort from "./ort.wasm.bundle.min.mjs";

import { Failure } from "./failures.js";
import { release, unpacked } from "./pack.js";
import { altered, joined, over } from "./regions.js";

const NAME = "matting";
/* Share of a picture: SMALLEST_MASK in runners/matting/estimation.py. */
const SMALLEST_MASK = 0.01;

export class Matting {
  /** @param pack graph and weights as an ArrayBuffer, which is released. A Model must have been loaded: it starts the runtime. */
  static async load(pack) {
    const { head, graphs } = unpacked(pack);
    const { model: graph, tensors } = graphs.get(NAME);
    const data = tensors();
    const options = { executionProviders: ["wasm"], externalData: [{ path: `${NAME}.tensors`, data }] };
    const matting = Object.assign(new Matting(), { size: head.size, session: await ort.InferenceSession.create(graph, options) });
    [data.buffer, pack].forEach(release);
    return matting;
  }

  /** The matte, 0 to 1 a pixel, of whom a mask (0 or 1 a pixel) points at in a picture of RGBA bytes. */
  async matte(pixels, mask) {
    const [width, height] = this.size;
    const area = width * height;
    const planes = Float32Array.from({ length: 3 * area }, (_, at) => pixels[4 * (at % area) + Math.floor(at / area)] / 255);
    const feeds = {
      image: new ort.Tensor("float32", planes, [1, 3, height, width]),
      mask: new ort.Tensor("float32", Float32Array.from(mask), [1, 1, height, width]),
    };
    return (await this.session.run(feeds))[this.session.outputNames[0]].data;
  }

  /** An edit over its photo, both RGBA bytes, with both heads' mattes as the region that is taken.
      Throws a Failure where nothing changed that is large enough. */
  async composite(photo, edit) {
    const changed = altered(photo, edit, this.size);
    const share = changed.reduce((sum, value) => sum + value, 0) / changed.length;
    if (share < SMALLEST_MASK) throw new Failure("unchanged", "too little changed");
    const [before, after] = [await this.matte(photo, changed), await this.matte(edit, changed)];
    return over(photo, edit, joined(before, after, changed, this.size));
  }
}
