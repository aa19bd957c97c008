/* Loads the model and edits, beside the page: whatever takes longer than a frame happens here. */

import { download, forgetAllBut } from "./download.js";
import { kindOf } from "./failures.js";
import { Matting } from "./matting.js";
import { measured } from "./measures.js";
import { Model } from "./model.js";
import { truthOf } from "./pictures.js";
import { steps } from "./sampler.js";

let model = null;
let wanted = null;
let matting = null;

/* Between two computations messages are let in, so that a reader can stop an edit. */
const breath = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });

const urlOf = ({ file }) => new URL(file, self.location.href).href;

/* The contents of some assets; the page hears of the bytes as they come. */
const fetched = (assets) => {
  const total = assets.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const count = (bytes) => {
    loaded = Math.min(loaded + bytes, total);
    self.postMessage({ is: "progress", loaded, total });
  };
  return Promise.all(assets.map((asset) => download(urlOf(asset), count)));
};

const load = async ({ runtime, weights, matting: later }) => {
  const [wasm, pack] = await fetched([runtime, weights]);
  await forgetAllBut([runtime, weights, ...(later ? [later] : [])].map(urlOf));
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

/* The measures of a picture, and the true one. */
const judged = async (pixels, photo, about) => {
  const truth = await truthAbout(about, photo);
  return { rows: measured(pixels, photo, truth, about.light), truth: truth?.picture ?? null };
};

const composite = async (id, asset, { photo, edit: edited, about }) => {
  wanted = id;
  if (!matting) {
    const [pack] = await fetched([asset]);
    matting = await Matting.load(pack);
  }
  await breath();
  if (wanted !== id) return self.postMessage({ is: "stopped", id });
  self.postMessage({ is: "compositing", id });
  const began = performance.now();
  const pixels = await matting.composite(photo, edited);
  const seconds = (performance.now() - began) / 1000;
  return self.postMessage({ is: "composited", id, pixels, seconds, ...(await judged(pixels, photo, about)) });
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
      const judgement = await judged(pixels, recipe.photo, about);
      const moved = [pixels, ...words.map(({ map }) => map)].map(({ buffer }) => buffer);
      self.postMessage({ is: "done", id, pixels, words, seconds, ...judgement }, moved);
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
    if (data.do === "composite") await composite(data.id, data.asset, data.job);
    if (data.do === "stop") wanted = null;
  } catch (error) {
    const { id } = data;
    self.postMessage({ is: "failed", ...(id && { id }), kind: kindOf(error), what: String(error?.message ?? error) });
  }
};
