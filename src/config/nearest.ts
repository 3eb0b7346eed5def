import { distance } from 'fastest-levenshtein';

/** The known word that was probably meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known.toSorted((p, q) => distance(word, p) - distance(word, q));
  return best !== undefined && distance(word, best) <= Math.max(2, word.length / 3) ? best : undefined;
}
