/* Loads the model and edits, beside the page: whatever takes longer than a frame happens here. */

import { download, forgetAllBut } from "./download.js";
import { kindOf } from "./failures.js";
import { measured } from "./measures.js";
import { Model } from "./model.js";
import { truthOf } from "./pictures.js";
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

/* What is true of an edit; null where it is not known, or cannot be loaded. */
const truthAbout = async ({ base, truth, chip }, photo) => {
  const [width, height] = model.size;
  try {
    return truth ? await truthOf(base, truth, chip, photo, { width, height }) : null;
  } catch {
    return null;
  }
};

/* After the last step nothing but the prediction is left, where the schedule ends without noise. */
const same = (one, other) => one.every((value, at) => value === other[at]);

const edit = async (id, recipe, about) => {
  wanted = id;
  const began = performance.now();
  const of = recipe.num_inference_steps;
  let last = null;
  for await (const { step, timestep, noisy, guess, latents, attention } of steps(model, recipe)) {
    await breath();
    if (wanted !== id) return self.postMessage({ is: "stopped", id });
    if (latents) {
      const pixels = same(latents, last.guess) ? last.pixels : await model.decode(latents);
      const seconds = (performance.now() - began) / 1000;
      const words = read(recipe.instruction, attention);
      const truth = await truthAbout(about, recipe.photo);
      const rows = measured(pixels, recipe.photo, truth, about.light);
      const pictures = truth ? [pixels, truth.picture] : [pixels];
      const moved = [...pictures, ...words.map(({ map }) => map)].map(({ buffer }) => buffer);
      self.postMessage({ is: "done", id, pixels, words, rows, truth: truth?.picture ?? null, seconds }, moved);
    } else {
      // Decoding takes as long as a prediction: the noise is shown where it is all there is, and not again.
      last = { guess, pixels: await model.decode(guess) };
      const shown = { guess: last.pixels, noisy: step === 0 ? await model.decode(noisy) : null };
      self.postMessage({ is: "step", id, step, of, timestep, ...shown });
    }
  }
  return undefined;
};

self.onmessage = async ({ data }) => {
  try {
    if (data.do === "load") await load(data);
    if (data.do === "edit") await edit(data.id, data.recipe, data.about);
    if (data.do === "stop") wanted = null;
  } catch (error) {
    const { id } = data;
    self.postMessage({ is: "failed", ...(id && { id }), kind: kindOf(error), what: String(error?.message ?? error) });
  }
};
