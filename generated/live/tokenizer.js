/* The tokenizer of CLIP, as the `tokenizer.json` of the weights describes it: byte pairs, each word with an end mark. */

// What Unicode calls white space; a regular expression's \s takes one character more and one less.
const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const CLIP = `<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^${SPACE}\\p{L}\\p{N}]+`;
const BYTE_LEVEL = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+`;
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

  /** A text's tokens, filled up to the length that the encoder reads. Throws a RangeError where that is too short. */
  encoded(text) {
    const tokens = this.tokens(text);
    if (tokens.length > this.length) throw new RangeError(`${tokens.length - this.length} tokens too many`);
    return [...tokens, ...Array(this.length - tokens.length).fill(this.end)];
  }

  pieces(text) {
    const spaced = text.normalize("NFC").replace(new RegExp(`[${SPACE}]+`, "gu"), " ");
    const lower = [...spaced].map((character) => character.toLowerCase()).join("");
    return [...lower.matchAll(new RegExp(CLIP, "gu"))].flatMap(([piece]) => piece.match(new RegExp(BYTE_LEVEL, "gu")));
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
