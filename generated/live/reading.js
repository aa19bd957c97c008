/* Where each word of the instruction was read: words to pick, and a map of light over the edited picture. */

import { h, radios } from "./dom.js";
import { show } from "./pictures.js";

const LEAD =
  "Warm is where the picture’s places read this word of the instruction (cross-attention, averaged over heads and steps). Each map is scaled to its own brightest place, and its faintest places stay dark: it says where a word was read, not how much, nor what it brought about.";

/** @param size width and height of the picture, in pixels. */
export const reading = ([width, height]) => {
  const picture = h("canvas", { width, height });
  const map = h("canvas");
  const heat = h("span", { class: "sl-blend sl-blend--heat", role: "img" }, picture, map);
  const caption = h("figcaption");
  const words = h("div");
  const element = h(
    "details",
    { hidden: true },
    h("summary", {}, "Where each word was read"),
    h("p", { class: "sl-live-note" }, LEAD),
    h("div", { class: "sl-two" }, h("figure", { class: "sl-figure" }, heat, caption), words),
  );

  const pick = ({ word, map: shares, across }) => {
    Object.assign(map, { width: across, height: shares.length / across });
    const pixels = Uint8ClampedArray.from({ length: 4 * shares.length }, (_, at) => (at % 4 === 3 ? 255 : shares[at >> 2]));
    show(map, pixels);
    heat.setAttribute("aria-label", `The edited image, bright where the word ${word} was read`);
    caption.replaceChildren("Where ", h("b", {}, word), " was read");
  };

  return {
    element,

    /** Show the maps of an edit's words, `{word, map, across}`: a byte a place, `across` of them in a row. The word shown first
        is one of `asked`, the value that was asked for, else the longest. Without words nothing is shown. */
    show(pixels, found, asked = "") {
      element.hidden = !found.length;
      if (element.hidden) return;
      show(picture, pixels);
      const first = found.reduce((best, one) => (rank(one, asked) > rank(best, asked) ? one : best));
      const options = found.map((one, at) => [at, h("span", {}, one.word)]);
      const picked = (at) => pick(found[at]);
      words.replaceChildren(radios("Words of the instruction", "sl-live-word", options, picked, { chosen: found.indexOf(first) }));
      pick(first);
    },
  };
};

const rank = ({ word }, asked) => word.length + (asked.split(" ").includes(word.toLowerCase()) ? 1000 : 0);
