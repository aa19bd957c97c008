/* What a reader chose, as a sample's YAML, or why no sample can say it. */

const quoted = (text) => JSON.stringify(text);

/** A file of catalog/samples/ with what was chosen; `notASample` says whether it draws the same picture. */
export const yaml = (model, scene, recipe) =>
  [
    `title: ${quoted(recipe.instruction)}`,
    `model: ${model}`,
    "input:",
    `  scene: {seed: ${scene.seed}, people: ${scene.people}}`,
    `instruction: ${quoted(recipe.instruction)}`,
    `parameters: {num_inference_steps: ${recipe.num_inference_steps}, guidance_scale: ${recipe.guidance_scale}, ` +
      `image_guidance_scale: ${recipe.image_guidance_scale}, seed: ${recipe.seed}}`,
    "",
  ].join("\n");

/** Why `seamline samples` could not draw this again from a file of catalog/samples/; empty where it could. */
export const notASample = (scene, recipe) => {
  if (recipe.withheld) return "the photo was withheld";
  if (recipe.other) return "the photo was swapped half way";
  if (recipe.again) return "it edits an edited picture";
  if (scene.light_of !== undefined) return "the scene is under the lamp of another";
  if (recipe.num_inference_steps < 2) return "a sample takes two steps or more";
  if (recipe.guidance_scale <= 1) return "s_T is not above 1, where the stock pipeline ignores it";
  if (recipe.image_guidance_scale < 1) return "s_I is below 1, where the stock pipeline ignores it";
  return "";
};
