/* Opens the editor where a page asks for it: at once, or when a reader presses the button. Nothing else is loaded before. */

const LACKS = "This browser lacks what the editor needs (WebAssembly with SIMD, and module workers). The recorded edits show the same model at work.";

/* The smallest module that uses SIMD; validating runs nothing. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const able = () =>
  typeof WebAssembly === "object" &&
  WebAssembly.validate(Uint8Array.from(SIMD)) &&
  typeof DecompressionStream === "function" &&
  typeof Worker === "function";

const say = (place, text) => {
  const line = document.createElement("p");
  line.className = "sl-live-note";
  line.setAttribute("role", "status");
  line.textContent = text;
  place.replaceChildren(line);
};

const open = async (section) => {
  const place = section.querySelector("[data-sl-place]");
  if (!able()) return say(place, LACKS);
  try {
    const { Editor } = await import("./editor.js");
    return await Editor.open(place, new URL(section.dataset.slLive, document.baseURI));
  } catch (error) {
    return say(place, `The editor could not be opened (${error.message}). The recorded edits show the same model at work.`);
  }
};

for (const section of document.querySelectorAll("[data-sl-live]")) {
  const button = section.querySelector("[data-sl-place] button");
  if ("slOpen" in section.dataset) open(section);
  else button.addEventListener("click", () => open(section), { once: true });
}
