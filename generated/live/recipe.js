/* What a reader chose, as a sample's YAML, or why no sample can say it. */

const quoted = (text) => JSON.stringify(text);

const parametersOf = (recipe) =>
  `{num_inference_steps: ${recipe.num_inference_steps}, guidance_scale: ${recipe.guidance_scale}, ` +
  `image_guidance_scale: ${recipe.image_guidance_scale}, seed: ${recipe.seed}}`;

const edited = (model, scene, recipe) => [
  `model: ${model}`,
  ...inputOf(scene),
  `instruction: ${quoted(recipe.instruction)}`,
  `parameters: ${parametersOf(recipe)}`,
];

/* As matting.js does it; the operations are those of seamline/operations. */
const composited = (model, matting, scene, recipe) => [
  ...inputOf(scene),
  "steps:",
  `  edit: {model: ${model}, inputs: {image: scene, text: ${quoted(recipe.instruction)}}, parameters: ${parametersOf(recipe)}}`,
  "  changed: {operation: altered, inputs: {before: scene, after: edit.image}}",
  `  old_head: {model: ${matting}, inputs: {image: scene, mask: changed.mask}}`,
  `  new_head: {model: ${matting}, inputs: {image: edit.image, mask: changed.mask}}`,
  "  region: {operation: join, inputs: {before: old_head.alpha, after: new_head.alpha, changed: changed.mask}}",
  "  composite: {operation: over, inputs: {below: scene, above: edit.image, alpha: region.alpha}}",
];

const inputOf = (scene) => ["input:", `  scene: {seed: ${scene.seed}, people: ${scene.people}}`];

/** A file of catalog/samples/ with what was chosen; `notASample` says whether it draws the same picture.

    @param models catalog ids: `model` that edits, `matting`. */
export const yaml = ({ model, matting }, scene, recipe) => {
  const lines = recipe.composited ? composited(model, matting, scene, recipe) : edited(model, scene, recipe);
  return [`title: ${quoted(recipe.instruction)}`, ...lines, ""].join("\n");
};

/** Why `seamline samples` could not draw this again from a file of catalog/samples/; empty where it could. */
export const notASample = (scene, recipe) => {
  if (recipe.withheld) return "the photo was withheld";
  if (recipe.other) return "the photo was swapped half way";
  if (recipe.again) return "it edits an edited picture";
  if (scene.light_of !== undefined) return "the scene is under the lamp of another";
  if (recipe.num_inference_steps < 2) return "a sample takes two steps or more";
  if (recipe.guidance_scale < 1) return "s_T is below 1, where the stock pipeline ignores it";
  if (recipe.image_guidance_scale < 1) return "s_I is below 1, where the stock pipeline ignores it";
  if (recipe.guidance_scale === 1 && recipe.image_guidance_scale !== 1) return "s_T is 1, where the stock pipeline ignores s_I";
  return "";
};
