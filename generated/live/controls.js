/* What a reader chooses with: the scene, the instruction, the guidance, and the buttons. */

import { h, radios, slider } from "./dom.js";
import { sentenceAbout, unknown } from "./words.js";

const PHOTO = [
  ["given", "shown to the model"],
  ["withheld", "withheld"],
  ["swapped", "lamp swapped half way"],
];
const AGAINST = [
  ["photo", "the photo"],
  ["last", "the last result"],
  ["truth", "the true picture"],
];
const SETTLED_MS = 400;
/* A screen reader hears what a word means once typing pauses, not at each letter. */

export const controls = (editor) => {
  const { record, chosen } = editor;
  const known = new Set(record.known_words);
  const field = h("input", { type: "text", maxlength: 300, autocomplete: "off", spellcheck: "false", required: true });
  const note = h("p", { class: "sl-live-note", "aria-live": "polite" });
  const composed = { who: null, at: null };
  const chips = h("div", { class: "sl-live-chips" });
  let pause = 0;

  const mark = () => {
    clearTimeout(pause);
    const strange = unknown(field.value, known);
    field.classList.toggle("sl-live-strange", strange.length > 0);
    pause = setTimeout(() => (note.textContent = sentenceAbout(strange)), SETTLED_MS);
  };
  field.addEventListener("input", mark);

  const chipInstruction = () => {
    const { sentence } = record.chips[composed.at];
    return sentence.replace("{who}", record.who[composed.who]);
  };

  const compose = () => {
    field.value = chipInstruction();
    mark();
  };

  const values = h("div");
  const offer = (what, first) => {
    const options = record.chips.map((chip, at) => [at, chip]).filter(([, chip]) => chip.what === what);
    const chosen = Math.max(options.findIndex(([at]) => at === first), 0);
    composed.at = options[chosen][0];
    const shown = options.map(([at, { label }]) => [at, h("span", {}, label)]);
    values.replaceChildren(radios("Value", "sl-live-value", shown, (at) => (composed.at = Number(at), compose()), { chosen }));
  };

  const offerChips = ({ truths }) => {
    const people = Object.keys(truths).map((position) => [position, h("span", {}, position)]);
    const whats = Object.entries(record.what).map(([what, label]) => [what, h("span", {}, label)]);
    /* Chips begin at what the instruction says already, where they can say it. */
    const written = editor.chipOf(field.value);
    const who = Math.max(people.findIndex(([position]) => position === written?.who), 0);
    const what = Math.max(whats.findIndex(([name]) => name === record.chips[written?.at]?.what), 0);
    composed.who = people[who][0];
    offer(whats[what][0], written?.at);
    chips.replaceChildren(
      radios("Who", "sl-live-who", people, (position) => (composed.who = position, compose()), { chosen: who }),
      radios("What", "sl-live-what", whats, (name) => (offer(name), compose()), { chosen: what }),
      values,
    );
  };

  const seed = h("input", { type: "number", min: 0, max: 4294967295, step: 1, value: chosen.seed, inputmode: "numeric" });
  seed.addEventListener("input", () => (chosen.seed = Math.min(Math.max(Math.trunc(seed.valueAsNumber || 0), 0), 4294967295)));
  const photo = radios("The photo is", "sl-live-photo", PHOTO.map(([value, label]) => [value, h("span", {}, label)]), (value) => (chosen.photo = value));
  const scale = (letter) => h("var", {}, "s", h("sub", {}, letter));
  const turned = (name) => (value) => (chosen[name] = value);

  const thumbnail = ({ id, thumbnail: file, alt, light_of: light }) => [
    id,
    h("img", { src: new URL(file, editor.base), alt: light === undefined ? alt : `${alt}; under another lamp`, width: record.size[0] / 2, height: record.size[1] / 2, loading: "lazy" }),
  ];
  const choices = h(
    "div",
    { class: "sl-live-choices" },
    radios("Choose a photo; all are drawn, and nobody is shown", "sl-live-scene", record.scenes.map(thumbnail), (id) => editor.choose(id), { className: "sl-strip" }),
    h("label", { class: "sl-live-field" }, h("span", {}, "Edit instruction"), field),
    note,
    h("details", {}, h("summary", {}, "Compose it instead of writing"), chips),
    h(
      "details",
      {},
      h("summary", {}, "Guidance, steps, seed, and what the model is shown"),
      slider(h("span", {}, scale("T"), " how much the instruction counts"), { min: 0, max: 2, step: 0.1, value: chosen.guidance_scale }, turned("guidance_scale")),
      slider(h("span", {}, scale("I"), " how much the photo counts"), { min: 0, max: 2, step: 0.1, value: chosen.image_guidance_scale }, turned("image_guidance_scale")),
      slider("Steps", { min: 1, max: record.most_steps, step: 1, value: chosen.num_inference_steps }, turned("num_inference_steps")),
      h("label", { class: "sl-live-field" }, h("span", {}, "Seed of the noise"), seed),
      photo,
    ),
  );

  const go = h("button", { type: "button", class: "md-button md-button--primary", click: () => begin() }, "Edit");
  const stop = h("button", { type: "button", class: "md-button", hidden: true, click: () => editor.stop() }, "Cancel");
  const composite = h("button", { type: "button", class: "md-button", hidden: true, click: () => editor.composite() });
  const later = [
    h("button", { type: "button", class: "md-button", click: () => editor.editAgain() }, "Edit the result again"),
    h("button", { type: "button", class: "md-button", click: () => editor.download() }, "Download as PNG"),
    h("button", { type: "button", class: "md-button", click: () => editor.copy() }, "Copy the recipe"),
  ];
  const against = radios("Compare with", "sl-live-against", AGAINST.map(([value, label]) => [value, h("span", {}, label)]), (which) => editor.against(which), { chosen: -1 });
  against.hidden = true;

  const begin = () => (field.reportValidity() ? editor.edit() : undefined);
  field.addEventListener("keydown", (event) => event.key === "Enter" && !go.disabled && begin());
  go.textContent = `Edit (loads ${editor.weight} once)`;

  return {
    choices,
    against,
    buttons: [go, stop, composite, ...later],
    instruction: () => field.value.trim(),

    sceneChosen(scene, twin) {
      field.value = scene.instruction;
      mark();
      offerChips(scene);
      const [, , swapped] = photo.querySelectorAll("input");
      swapped.disabled = !twin;
      if (!twin && swapped.checked) photo.querySelector("input").click();
    },

    working(now) {
      const focused = [go, stop].includes(document.activeElement);
      Object.assign(go, { hidden: now, disabled: now });
      stop.hidden = !now;
      [composite, ...later].forEach((button) => (button.disabled = now));
      if (focused) (now ? stop : go).focus({ preventScroll: true });
      if (!now && editor.engine.ready) go.textContent = "Edit";
    },

    finished(there, { last = false, truth = false, composite: offered = false } = {}) {
      composite.hidden = !offered;
      composite.textContent = `Composite it over the photo${editor.mattes ? "" : ` (loads ${editor.weightOfMatting} once)`}`;
      later.forEach((button) => (button.hidden = !there));
      against.hidden = !there;
      against.querySelectorAll("input").forEach((input) => {
        input.checked = false;
        input.disabled = { last: !last, truth: !truth }[input.value] ?? false;
      });
    },
  };
};
