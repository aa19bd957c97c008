/* Sampling as InstructPix2Pix does it (Brooks et al. 2023, section 3.2, equation 3), with DDIM's steps for a U-Net that
   predicts the finished latents (Song et al. 2021, equation 12 without its noise). */

import { Attention } from "./attention.js";
import { noise } from "./noise.js";

/** Steps of one edit, each as soon as it is done: `{step, timestep, noisy, guess}`; then `{latents, attention}`.

    @param model of model.js.
    @param recipe `instruction`, `guidance_scale`, `image_guidance_scale`, `num_inference_steps`, `seed`, `photo` (RGBA
      bytes), `other` (the photo from half way on, or null), `withheld` (whether the model is shown no photo). */
export async function* steps(model, recipe) {
  const [channels, height, width] = model.latents;
  const size = channels * height * width;
  const nothing = new Float32Array(size);
  const texts = [await model.read(recipe.instruction), model.noText];
  const photos = await photosOf(model, recipe, nothing);
  const attention = new Attention();
  let latents = noise(recipe.seed, size);

  const schedule = model.schedules[recipe.num_inference_steps];
  for (const [step, [timestep, alpha, alphaAfter]] of schedule.entries()) {
    const photo = photos[2 * step < schedule.length ? 0 : 1];
    const guess = await guided(model, recipe, { latents, timestep, photo, nothing, texts, attention });
    yield { step, timestep, noisy: latents, guess };
    latents = moved(latents, guess, alpha, alphaAfter);
  }
  yield { latents, attention };
}

const photosOf = async (model, { photo, other, withheld }, nothing) => {
  if (withheld) return [nothing, nothing];
  const first = await model.encode(photo);
  return [first, other ? await model.encode(other) : first];
};

/* The three predictions, leaving out those whose factor is zero and those that are the same. */
const guided = async (model, recipe, { latents, timestep, photo, nothing, texts: [text, empty], attention }) => {
  const { guidance_scale: ofText, image_guidance_scale: ofImage } = recipe;
  const predict = async (beside, read) => (await model.predict(latents, timestep, beside, read)).data;
  const { data: full, outputs } = await model.predict(latents, timestep, photo, text);
  attention.add(outputs);
  if (ofText === 1 && ofImage === 1) return full;
  const bare = photo === nothing;
  const imageOnly = bare || ofText !== ofImage ? await predict(photo, empty) : null;
  const none = bare || ofImage === 1 ? imageOnly : await predict(nothing, empty);
  const between = imageOnly ?? none;
  return full.map((value, at) => none[at] + ofText * (value - between[at]) + ofImage * (between[at] - none[at]));
};

const moved = (latents, guess, alpha, alphaAfter) => {
  const [signal, spread] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  const [signalAfter, spreadAfter] = [Math.sqrt(alphaAfter), Math.sqrt(1 - alphaAfter)];
  return latents.map((value, at) => signalAfter * guess[at] + (spreadAfter * (value - signal * guess[at])) / spread);
};
