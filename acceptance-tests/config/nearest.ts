/** The number of letters to add, remove or change between two words. */
const distance = (a: string, b: string): number => {
  let row = Array.from({length: b.length + 1}, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const changed = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The known word that is most similar to the given one, or contains it; undefined if there is no such word. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const longer = known.find((name) => word.length > 3 && name.includes(word.toLowerCase()));
  const [best] = known
    .map((name) => ({name, distance: distance(word.toLowerCase(), name.toLowerCase())}))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, word.length / 2.5) ? best.name : longer;
};
