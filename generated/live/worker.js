/* Loads the model and edits, beside the page: whatever takes longer than a frame happens here. */

import { download, forgetAllBut } from "./download.js";
import { kindOf } from "./failures.js";
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
  try {
    model = await Model.load(wasm, pack);
  } catch (error) {
    // What came may be damaged: the next try shall not meet it again.
    if (kindOf(error) === "other") await forgetAllBut([]);
    throw error;
  }
  self.postMessage({ is: "ready" });
};

/* The words of an instruction, each with a map of where it was read. */
const read = (instruction, attention) => {
  const [, ...size] = model.latents;
  const words = model.tokenizer.words(instruction).filter(({ places }) => places.length);
  return words.map(({ word, places }) => ({ word, map: attention.map(places, size), across: size[1] }));
};

const edit = async (id, recipe) => {
  wanted = id;
  const began = performance.now();
  const of = recipe.num_inference_steps;
  for await (const { step, timestep, noisy, guess, latents, attention } of steps(model, recipe)) {
    await breath();
    if (wanted !== id) return self.postMessage({ is: "stopped", id });
    if (latents) {
      const pixels = await model.decode(latents);
      const words = read(recipe.instruction, attention);
      const moved = [pixels, ...words.map(({ map }) => map)].map(({ buffer }) => buffer);
      self.postMessage({ is: "done", id, pixels, words, seconds: (performance.now() - began) / 1000 }, moved);
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
    const { id } = data;
    self.postMessage({ is: "failed", ...(id && { id }), kind: kindOf(error), what: String(error?.message ?? error) });
  }
};
