/* Loads the model and edits, beside the page: whatever takes longer than a frame happens here. */

import { download, forgetAllBut } from "./download.js";
import { Model } from "./model.js";
import { steps } from "./sampler.js";

let model = null;
let wanted = null;

/* Between two computations messages are let in, so that a reader can stop an edit. */
const breath = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });

const load = async ({ runtime, weights }) => {
  const urls = [runtime, weights].map(({ file }) => new URL(file, self.location.href).href);
  const total = runtime.bytes + weights.bytes;
  let loaded = 0;
  const count = (bytes) => {
    loaded = Math.min(loaded + bytes, total);
    self.postMessage({ is: "progress", loaded, total });
  };
  const [wasm, pack] = await Promise.all(urls.map((url) => download(url, count)));
  await forgetAllBut(urls);
  self.postMessage({ is: "preparing" });
  model = await Model.load(wasm, pack);
  self.postMessage({ is: "ready" });
};

const edit = async (id, recipe) => {
  wanted = id;
  const began = performance.now();
  const of = recipe.num_inference_steps;
  for await (const { step, timestep, noisy, guess, latents } of steps(model, recipe)) {
    await breath();
    if (wanted !== id) return self.postMessage({ is: "stopped", id });
    if (latents) {
      const pixels = await model.decode(latents);
      self.postMessage({ is: "done", id, pixels, seconds: (performance.now() - began) / 1000 }, [pixels.buffer]);
    } else {
      // Decoding takes as long as a prediction: the noise is shown where it is all there is, and not again.
      const shown = { guess: await model.decode(guess), noisy: step === 0 ? await model.decode(noisy) : null };
      const moved = Object.values(shown).flatMap((pixels) => (pixels ? [pixels.buffer] : []));
      self.postMessage({ is: "step", id, step, of, timestep, ...shown }, moved);
    }
  }
  return undefined;
};

self.onmessage = async ({ data }) => {
  try {
    if (data.do === "load") await load(data);
    if (data.do === "edit") await edit(data.id, data.recipe);
    if (data.do === "stop") wanted = null;
  } catch (error) {
    self.postMessage({ is: "failed", id: data.id, message: String(error?.message ?? error) });
  }
};
