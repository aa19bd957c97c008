/* Which words of an instruction the model never read. */

/** The unknown words of a text, each once, as they were written. */
export const unknown = (text, known) => {
  if (!known.size) return [];
  const written = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(written.filter((word) => !known.has(word.toLowerCase())))];
};

export const sentenceAbout = (words) => {
  if (!words.length) return "";
  const named = words.map((word) => `“${word}”`).join(", ");
  const [they, was] = words.length > 1 ? ["them", "were"] : ["it", "was"];
  return `${named} ${was} in no sentence that the model was trained on. It reads ${they} as pieces of other words, and may then change anything.`;
};
