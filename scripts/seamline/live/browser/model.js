/* The four networks of the pipeline, on onnxruntime-web's CPU build, in one thread. */

import * as ort from "./ort.wasm.bundle.min.mjs";

import { release, unpacked } from "./pack.js";
import { Tokenizer } from "./tokenizer.js";

const NAMES = ["text_encoder", "encoder", "unet", "decoder"];

export class Model {
  /** @param wasm the runtime's WebAssembly, @param pack graphs and weights; both as an ArrayBuffer, which is released. */
  static async load(wasm, pack) {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = wasm;
    const { head, graphs } = unpacked(pack);
    const model = new Model();
    Object.assign(model, { size: head.size, schedules: head.schedules, tokenizer: new Tokenizer(head.tokenizer) });
    model.latents = head.latents;
    model.sessions = {};
    for (const name of NAMES) {
      const { model: graph, tensors } = graphs.get(name);
      const data = tensors();
      model.sessions[name] = await ort.InferenceSession.create(graph, {
        executionProviders: ["wasm"],
        externalData: [{ path: `${name}.tensors`, data }],
      });
      release(data.buffer);
    }
    ort.env.wasm.wasmBinary = undefined;
    [wasm, pack].forEach(release);
    model.noText = await model.read("");
    model.encoded = { pixels: null, latents: null };
    return model;
  }

  /** The first output of a network, flat, and all of them by name. */
  async run(name, feeds) {
    const session = this.sessions[name];
    const outputs = await session.run(feeds);
    return { data: outputs[session.outputNames[0]].data, outputs };
  }

  floats(data, shape) {
    return new ort.Tensor("float32", data, shape);
  }

  whole(numbers, shape) {
    return new ort.Tensor("int64", BigInt64Array.from(numbers, BigInt), shape);
  }

  /** A time step as the graph takes it: those that were exported earlier take whole numbers. */
  timestep(step) {
    const { type } = this.sessions.unet.inputMetadata.find(({ name }) => name === "timestep");
    return type === "int64" ? this.whole([step], [1]) : this.floats(Float32Array.of(step), [1]);
  }

  /** What the U-Net is told by an instruction: (tokens, width), flat. */
  async read(instruction) {
    const tokens = this.tokenizer.encoded(instruction);
    const { data } = await this.run("text_encoder", { tokens: this.whole(tokens, [1, tokens.length]) });
    return data;
  }

  /** The latents of a picture of RGBA bytes. Those of the last one are kept: most edits are of the photo before. */
  async encode(pixels) {
    const last = this.encoded;
    if (last.pixels?.length === pixels.length && last.pixels.every((value, at) => value === pixels[at])) return last.latents;
    const [width, height] = this.size;
    const area = width * height;
    const planes = new Float32Array(3 * area);
    for (let at = 0; at < area; at++) {
      for (let channel = 0; channel < 3; channel++) planes[channel * area + at] = (pixels[4 * at + channel] / 255) * 2 - 1;
    }
    const { data: latents } = await this.run("encoder", { picture: this.floats(planes, [1, 3, height, width]) });
    this.encoded = { pixels, latents };
    return latents;
  }

  /** The picture of latents, as RGBA bytes. */
  async decode(latents) {
    const [width, height] = this.size;
    const area = width * height;
    const { data: planes } = await this.run("decoder", { latents: this.floats(latents, [1, ...this.latents]) });
    const pixels = new Uint8ClampedArray(4 * area).fill(255);
    for (let at = 0; at < area; at++) {
      for (let channel = 0; channel < 3; channel++) pixels[4 * at + channel] = (planes[channel * area + at] / 2 + 0.5) * 255;
    }
    return pixels;
  }

  /** The U-Net's prediction for noisy latents beside those of the photo, read with a text: `data`, and all `outputs`. */
  async predict(latents, timestep, photo, text) {
    const [channels, height, width] = this.latents;
    const both = new Float32Array(latents.length + photo.length);
    both.set(latents);
    both.set(photo, latents.length);
    const tokens = this.tokenizer.length;
    return this.run("unet", {
      latents: this.floats(both, [1, 2 * channels, height, width]),
      timestep: this.timestep(timestep),
      text: this.floats(text, [1, tokens, text.length / tokens]),
    });
  }
}
