/* The worker that loads the model and edits, as the page sees it. */

import { kindOf } from "./failures.js";

export class Engine {
  /** @param base folder of the editor's files, @param assets what is loaded, @param told takes each message of worker.js,
      and a failure to start as `{is: "failed", kind, what}`. */
  constructor(base, assets, told) {
    Object.assign(this, { base, assets, told, worker: null, ready: false });
  }

  get loading() {
    return this.worker !== null && !this.ready;
  }

  load() {
    let heard = false;
    const failed = (kind, what) => this.told({ is: "failed", kind, what });
    try {
      this.worker = new Worker(new URL("worker.js", this.base), { type: "module" });
    } catch (error) {
      failed("blocked", error.message);
      return;
    }
    this.worker.onmessage = ({ data }) => {
      heard = true;
      this.ready ||= data.is === "ready";
      this.told(data);
    };
    // A worker that was never heard of could not be loaded; a later error is one of its own.
    this.worker.onerror = ({ message }) => failed(heard ? kindOf(message) : "blocked", message);
    this.worker.postMessage({ do: "load", ...this.assets });
  }

  /** @param pending `{id, recipe, about}`, the last being what is known of the true picture; the worker answers with the same
      id. */
  edit(pending) {
    this.worker.postMessage({ do: "edit", ...pending });
  }

  /** @param job `{photo, edit, about}`: pictures of RGBA bytes, and what `edit` takes. */
  composite(id, job) {
    this.worker.postMessage({ do: "composite", id, asset: this.assets.matting, job });
  }

  stop() {
    this.worker?.postMessage({ do: "stop" });
  }

  end() {
    this.worker?.terminate();
    Object.assign(this, { worker: null, ready: false });
  }
}
