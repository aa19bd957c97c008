/* The editor in the page: what a reader chooses, what the worker answers, and how both are shown. */

import { controls } from "./controls.js";
import { h } from "./dom.js";
import { Engine } from "./engine.js";
import { sentenceOf } from "./failures.js";
import { pixelsOf, show } from "./pictures.js";
import { marked } from "./png.js";
import { reading } from "./reading.js";
import { notASample, yaml } from "./recipe.js";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

const json = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname.split("/").pop()} is not part of this site`);
  return response.json();
};

let edits = 0;
/* Numbers edits, so that what a worker says of one that was cancelled is not heard. */

export class Editor {
  /** Build the editor in `place`; `base` is the folder of its files. */
  static async open(place, base) {
    const [record, assets] = await Promise.all(["live.json", "assets.json"].map((name) => json(new URL(name, base))));
    if (!document.querySelector("link[data-sl-live-style]")) {
      const sheet = h("link", { rel: "stylesheet", href: new URL("editor.css", base), "data-sl-live-style": true });
      /* Shown before its style is there, the editor would jump. */
      await new Promise((resolve) => {
        sheet.onload = sheet.onerror = resolve;
        document.head.append(sheet);
      });
    }
    const editor = new Editor(base, record, assets);
    place.replaceChildren(...editor.build());
    await editor.choose(record.scenes[0].id);
    if (!editor.given) throw new Error("its first photo could not be loaded");
    return editor;
  }

  constructor(base, record, assets) {
    Object.assign(this, { base, record, assets, running: null, begun: 0, last: null, result: null, truth: null, mattes: false });
    this.engine = new Engine(base, assets, (message) => this.heard(message));
    [this.width, this.height] = record.size;
    this.chosen = { guidance_scale: 1, image_guidance_scale: 1, num_inference_steps: record.steps, seed: 0, photo: "given" };
  }

  build() {
    this.status = h("p", { class: "sl-live-status", role: "status", "aria-live": "polite" });
    this.progress = h("progress", { hidden: true, "aria-label": "Bytes loaded" });
    this.photo = this.canvas("The photo");
    this.before = this.canvas("What the result is compared with");
    this.after = this.canvas("The result: nothing yet");
    this.caption = h("figcaption", {}, h("b", {}, "The result"));
    this.numbers = h("dl", { class: "sl-numbers sl-numbers--row" });
    this.divider = h("input", { type: "range", min: 0, max: 100, value: 0, step: 1, autocomplete: "off" });
    this.divider.addEventListener("input", () => this.divide(this.divider.value / 100));
    const about = h("span", { class: "sl-name" }, "Divider: left of it what the result is compared with");
    this.sweep = h("label", { class: "sl-sweep", hidden: true }, about, this.divider);
    this.compare = h("div", { class: "sl-live-compare" }, this.before, this.after, this.sweep);
    this.reading = reading(this.record.size);
    this.panel = controls(this);
    return [
      this.panel.choices,
      h("div", { class: "sl-live-buttons" }, ...this.panel.buttons),
      this.progress,
      this.status,
      h(
        "div",
        { class: "sl-two" },
        h("figure", { class: "sl-figure" }, this.photo, h("figcaption", {}, h("b", {}, "The photo"), " what the model is shown")),
        h("figure", { class: "sl-figure" }, this.compare, this.caption, this.panel.against),
      ),
      this.numbers,
      this.reading.element,
    ];
  }

  /** The chip whose sentence an instruction is, and whom it is about; null where it is none's. */
  chipOf(instruction) {
    const { who, chips } = this.record;
    for (const position of Object.keys(this.scene.truths)) {
      const at = chips.findIndex(({ sentence }) => sentence.replace("{who}", who[position]) === instruction);
      if (at >= 0) return { who: position, at };
    }
    return null;
  }

  canvas(label) {
    return h("canvas", { width: this.width, height: this.height, role: "img", "aria-label": label });
  }

  get scene() {
    return this.record.scenes.find(({ id }) => id === this.sceneId);
  }

  /** The same people under another lamp, if the page has them. */
  get twin() {
    const { id, seed, people } = this.scene;
    return this.record.scenes.find((one) => one.id !== id && one.seed === seed && one.people === people);
  }

  picture(scene) {
    return pixelsOf(new URL(scene.picture, this.base));
  }

  async choose(id) {
    this.stop();
    this.wanted = id;
    try {
      const { data } = await this.picture(this.record.scenes.find((one) => one.id === id));
      if (this.wanted !== id) return;
      Object.assign(this, { sceneId: id, given: data, again: false, last: null, result: null });
    } catch (error) {
      this.say(sentenceOf("download", error.message));
      return;
    }
    show(this.photo, this.given);
    this.photo.setAttribute("aria-label", `The photo: ${this.scene.alt}`);
    this.clear();
    this.panel.sceneChosen(this.scene, this.twin);
  }

  clear() {
    this.after.getContext("2d").clearRect(0, 0, this.width, this.height);
    this.numbers.replaceChildren();
    this.reading.show(null, []);
    this.sweep.hidden = true;
    this.name("The result", "nothing yet: press “Edit”");
    this.place(0);
    this.panel.finished(false);
  }

  /** Show the last result again, in place of the steps of an edit that did not end. */
  restore() {
    if (!this.result) return this.clear();
    show(this.after, this.result.pixels);
    this.name("Edited image", this.result.words);
    return this.place(0);
  }

  name(title, words) {
    this.caption.replaceChildren(h("b", {}, title), ` ${words}`);
    this.after.setAttribute("aria-label", `${title}: ${words}`);
  }

  place(at) {
    this.divider.value = 100 * at;
    this.divide(at);
  }

  divide(at) {
    this.compare.style.setProperty("--at", at);
    this.divider.setAttribute("aria-valuetext", `${Math.round(100 * at)} % of the width is the comparison`);
  }

  say(text) {
    this.status.textContent = text;
  }

  /** What has to be loaded before the first edit, in words. */
  get weight() {
    const { runtime, weights } = this.assets;
    return `${megabytes(runtime.bytes + weights.bytes)} MB`;
  }

  /** What compositing loads beside that, in words; "" where this site has no matting network. */
  get weightOfMatting() {
    const { matting } = this.assets;
    return matting ? `${megabytes(matting.bytes)} MB` : "";
  }

  /** Composite the result over the photo, so that nothing but the edited head is taken from it. */
  composite() {
    const { pixels, recipe } = this.result;
    const id = (this.running = edits += 1);
    this.begun = performance.now();
    this.panel.working(true);
    this.pending = { id, job: { photo: this.given, edit: pixels, about: this.about(recipe.chip) } };
    if (this.engine.ready) this.send();
    else this.load();
  }

  composited({ pixels, rows, truth, seconds }) {
    this.progress.hidden = true;
    this.mattes = true;
    const words = `${this.result.words}; only the largest region that changed is taken, through mattes of ${this.record.matting.label}`;
    this.settle({ pixels, recipe: { ...this.result.recipe, composited: true }, words }, rows, truth);
    this.say(`Composited in ${seconds.toFixed(1)} s through mattes of the old head and the new one. ${this.spoken}`);
  }

  async edit() {
    const id = (this.running = edits += 1);
    this.begun = performance.now();
    this.panel.working(true);
    const { photo, ...parameters } = this.chosen;
    const instruction = this.panel.instruction();
    const recipe = { ...parameters, instruction, photo: this.given, other: null, withheld: photo === "withheld" };
    try {
      if (photo === "swapped" && this.twin) recipe.other = (await this.picture(this.twin)).data;
    } catch (error) {
      this.failed("download", error.message);
    }
    if (this.running !== id) return;
    this.recipe = { ...recipe, again: this.again, chip: this.chipOf(instruction) };
    this.pending = { id, recipe, about: this.about(this.recipe.chip) };
    if (this.engine.ready) this.send();
    else this.load();
  }

  load() {
    if (this.engine.loading) return;
    this.say(`Loading ${this.weight}: the runtime and the model. The next edit starts at once.`);
    this.progress.hidden = false;
    this.quarter = 0;
    this.engine.load();
  }

  send() {
    const { id, job } = this.pending;
    if (job) {
      this.say(`Loading ${this.weightOfMatting}: the matting network.`);
      this.quarter = 0;
      this.engine.composite(id, job);
      return;
    }
    this.say("Editing: encoding the photo and the instruction.");
    this.engine.edit(this.pending);
  }

  heard(message) {
    if (message.is === "progress") return this.loading(message);
    if (message.is === "preparing") return this.say("Loaded. Preparing the model.");
    if (message.is === "ready") {
      this.progress.hidden = true;
      return this.pending && this.send();
    }
    if ("id" in message && message.id !== this.running) return undefined;
    if (message.is === "failed") return this.failed(message.kind, message.what);
    if (message.is === "compositing") {
      this.progress.hidden = true;
      return this.say("Matting both heads.");
    }
    if (message.is === "composited") return this.composited(message);
    return message.is === "step" ? this.step(message) : this.done(message);
  }

  loading({ loaded, total }) {
    this.progress.hidden = false;
    Object.assign(this.progress, { max: total, value: loaded });
    this.progress.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`;
    const share = Math.floor((4 * loaded) / total);
    if (share !== this.quarter) this.say(`Loading: ${megabytes(loaded)} of ${megabytes(total)} MB.`);
    this.quarter = share;
  }

  step({ step, of, timestep, noisy, guess }) {
    if (noisy) show(this.before, noisy);
    this.place(noisy ? 0.5 : 0);
    show(this.after, guess);
    this.sweep.hidden = false;
    const predicted = `the picture that the model predicts at time step ${timestep}`;
    this.name(`Step ${step + 1} of ${of}`, noisy ? `left the noise, right ${predicted} from it` : predicted);
    if (step === 0 || step + 1 === of) this.say(`Step ${step + 1} of ${of}.`);
  }

  done({ is, pixels, words, rows, truth, seconds }) {
    if (is !== "done") return;
    const { recipe } = this;
    const beside = recipe.withheld ? ", with no photo to look at" : recipe.other ? ", the lamp swapped half way" : "";
    const said = `AI-edited by the ${this.record.label}: “${recipe.instruction}”${beside}`;
    this.settle({ pixels, recipe, words: said }, rows, truth);
    this.reading.show(pixels, words, recipe.chip ? this.record.chips[recipe.chip.at].label : "");
    const waited = ((performance.now() - this.begun) / 1000).toFixed(1);
    const steps = `${recipe.num_inference_steps} step${recipe.num_inference_steps === 1 ? "" : "s"}`;
    this.say(`Done: ${steps} in ${seconds.toFixed(1)} s, ${waited} s after the click. ${this.spoken}`);
  }

  /** Make a picture the result, in place of the last one. */
  settle(result, rows, truth) {
    const last = this.result ?? this.last;
    this.running = this.pending = null;
    Object.assign(this, { last, result, truth });
    this.restore();
    this.measures(rows);
    this.panel.working(false);
    const changed = !result.recipe.composited && this.weightOfMatting !== "";
    this.panel.finished(true, { last: last !== null, truth: truth !== null, composite: changed });
  }

  /** What the worker measures an edit by: the scene's light, and where the truth about a chip lies. */
  about(chip) {
    const truth = chip && !this.again ? this.scene.truths[chip.who] : null;
    return { base: this.base.href, light: this.scene.light, truth, chip: chip?.at };
  }

  measures(rows) {
    this.spoken = `${rows.map(([name, value]) => `${name}: ${value}`).join("; ")}.`;
    this.numbers.replaceChildren(
      ...rows.map(([name, value, beside]) => h("div", {}, h("dt", {}, name), h("dd", {}, value, h("small", {}, ` ${beside}`)))),
    );
  }

  /** Put what the divider compares with to its left: `photo`, `last` or `truth`. */
  against(which) {
    const pixels = { photo: this.given, last: this.last?.pixels, truth: this.truth }[which];
    if (!pixels) return;
    show(this.before, pixels);
    this.place(0.5);
  }

  stop() {
    if (this.running === null) return;
    this.running = this.pending = null;
    this.panel.working(false);
    this.progress.hidden = true;
    if (this.engine.loading) {
      this.engine.end();
      this.say("Loading was cancelled.");
    } else {
      this.engine.stop();
      this.restore();
      this.say("The edit was cancelled.");
    }
  }

  failed(kind, what) {
    // What the model refuses to read says nothing against the worker.
    if (!["instruction", "unchanged"].includes(kind)) {
      this.engine.end();
      this.mattes = false;
    }
    this.running = this.pending = null;
    this.progress.hidden = true;
    this.panel.working(false);
    this.restore();
    this.say(sentenceOf(kind, what));
  }

  editAgain() {
    if (!this.result) return;
    const { pixels } = this.result;
    Object.assign(this, { given: pixels, again: true, last: this.result, result: null });
    show(this.photo, pixels);
    this.photo.setAttribute("aria-label", "The photo: the edited image, about to be edited again");
    this.clear();
    this.say("The edited image is now the photo.");
  }

  recipeText() {
    const { recipe } = this.result;
    const why = notASample(this.scene, recipe);
    const lines = yaml({ model: this.record.model, matting: this.record.matting?.model }, this.scene, recipe);
    return why ? `# No sample can draw this: ${why}.\n${lines}` : lines;
  }

  async copy() {
    await navigator.clipboard.writeText(this.recipeText());
    const why = notASample(this.scene, this.result.recipe);
    this.say(why ? `Copied, but no sample can draw this: ${why}.` : "Copied: a file for catalog/samples/, which `seamline samples` draws.");
  }

  async download() {
    const { recipe } = this.result;
    const { label, matting } = this.record;
    const marks = { label: recipe.composited ? `${label}; ${matting.label}` : label, instruction: recipe.instruction, recipe: this.recipeText() };
    const href = URL.createObjectURL(await marked(this.after, marks));
    h("a", { href, download: `${this.scene.id}-ai-edited.png` }).click();
    URL.revokeObjectURL(href);
    this.say("Downloaded: a PNG that says in its file that it is AI-edited.");
  }
}
