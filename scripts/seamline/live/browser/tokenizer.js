/* The tokenizer of CLIP, as the `tokenizer.json` of the weights describes it: byte pairs, each word with an end mark. */

import { Failure } from "./failures.js";

// What Unicode calls white space; a regular expression's \s takes one character more and one less.
const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const CLIP = `<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^${SPACE}\\p{L}\\p{N}]+`;
const BYTE_LEVEL = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+`;
const WORD = /[\p{L}\p{N}_'’-]+/gu;
// As `words_of` in runners/instruct_pix2pix/edit_request.py finds them.
const SPECIAL = /(<\|startoftext\|>|<\|endoftext\|>)/;
const END = "</w>";

/* Each byte as a printable character: those that are printable as themselves, the others from 256 upward. */
const byteCharacters = () => {
  const printable = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
};

export class Tokenizer {
  /** @param data `vocabulary` (token to number), `merges` (pairs, best first), `length`, `begin`, `end`. */
  constructor({ vocabulary, merges, length, begin, end }) {
    Object.assign(this, { vocabulary: new Map(Object.entries(vocabulary)), length, begin, end });
    this.ranks = new Map(merges.map((pair, rank) => [pair.join(" "), rank]));
    this.characters = byteCharacters();
    this.known = new Map();
  }

  /** Numbers of a text's tokens between the marks of its beginning and its end. */
  tokens(text) {
    const found = text.split(SPECIAL).flatMap((part) => {
      if (SPECIAL.test(part)) return [this.vocabulary.get(part)];
      return this.pieces(part).flatMap((piece) => this.merged(piece));
    });
    return [this.begin, ...found, this.end];
  }

  /** A text's tokens, filled up to the length that the encoder reads. Throws a Failure where that is too short. */
  encoded(text) {
    const tokens = this.tokens(text);
    if (tokens.length > this.length) {
      throw new Failure("instruction", `${tokens.length - this.length} tokens too many`);
    }
    return [...tokens, ...Array(this.length - tokens.length).fill(this.end)];
  }

  /** The words of a text, each with the places of its tokens among the `encoded` ones. */
  words(text) {
    const written = text.match(WORD) ?? [];
    const found = [];
    let next = 1;
    for (const part of text.split(SPECIAL)) {
      if (SPECIAL.test(part)) {
        next += 1;
        continue;
      }
      const words = [...this.normalised(part).matchAll(WORD)].map(({ 0: word, index }) => ({ word, from: index, to: index + word.length, places: [] }));
      for (const { piece, from } of this.placed(part)) {
        const places = this.merged(piece).map(() => next++);
        const about = words.filter((word) => from < word.to && from + piece.length > word.from);
        about.forEach((word) => word.places.push(...places));
      }
      found.push(...words);
    }
    const alike = written.length === found.length;
    return found.map(({ word, places }, at) => ({ word: alike ? written[at] : word, places }));
  }

  normalised(text) {
    const spaced = text.normalize("NFC").replace(new RegExp(`[${SPACE}]+`, "gu"), " ");
    return [...spaced].map((character) => character.toLowerCase()).join("");
  }

  pieces(text) {
    return this.placed(text).map(({ piece }) => piece);
  }

  /** Pieces that byte pairs are merged within, and where they begin in the normalised text. */
  placed(text) {
    const whole = [...this.normalised(text).matchAll(new RegExp(CLIP, "gu"))];
    return whole.flatMap(({ 0: one, index }) =>
      [...one.matchAll(new RegExp(BYTE_LEVEL, "gu"))].map((found) => ({ piece: found[0], from: index + found.index })),
    );
  }

  merged(piece) {
    if (!this.known.has(piece)) this.known.set(piece, this.merge(piece));
    return this.known.get(piece);
  }

  merge(piece) {
    const bytes = new TextEncoder().encode(piece);
    let parts = Array.from(bytes, (byte) => this.characters[byte]);
    parts.push(parts.pop() + END);
    for (;;) {
      const rank = (at) => this.ranks.get(`${parts[at]} ${parts[at + 1]}`) ?? Infinity;
      const best = parts.slice(1).reduce((least, _, at) => (rank(at) < rank(least) ? at : least), 0);
      if (parts.length < 2 || rank(best) === Infinity) break;
      parts = [...parts.slice(0, best), parts[best] + parts[best + 1], ...parts.slice(best + 2)];
    }
    return parts.map((part) => this.vocabulary.get(part));
  }
}
