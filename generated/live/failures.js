/* What went wrong, in one sentence that says what to do. */

/** An error whose `kind` says which sentence is due; `what` is for those who want to know more. */
export class Failure extends Error {
  constructor(kind, what) {
    super(what);
    this.kind = kind;
  }
}

const RECORDED = "The recorded edits show the same model at work.";

const SENTENCES = {
  download: (what) => `The download failed: ${what}. Check the connection and press the button again. ${RECORDED}`,
  memory: () => `There is not enough memory for the model: close other pages and press the button again. ${RECORDED}`,
  blocked: () => `The model could not start: this site's host or an extension of the browser forbids it. ${RECORDED}`,
  instruction: (what) => `The instruction is too long for the model: ${what}. Shorten it and press the button again.`,
  unchanged: () => "The edit changed no region that is large enough to matte: there is nothing to composite.",
  other: (what) => `That did not work: ${what}. Press the button again. ${RECORDED}`,
};

/** @param kind of a Failure, @param what its message. */
export const sentenceOf = (kind, what) => SENTENCES[kind](what);

/* How runtimes say that memory ran out: V8's, SpiderMonkey's and JavaScriptCore's typed arrays and WebAssembly memories, and
   C++ inside the runtime. */
const MEMORY = /out of memory|bad_alloc|allocation failed|failed to allocate|could not allocate|cannot allocate|cannot enlarge memory|unable to grow/i;
const REFUSED = /unsafe-eval|content security policy|disallowed by embedder/i;

/** Which kind an error is of. */
export const kindOf = (error) => {
  const what = String(error?.message ?? error);
  if (error?.kind) return error.kind;
  if (MEMORY.test(what)) return "memory";
  return REFUSED.test(what) ? "blocked" : "other";
};
