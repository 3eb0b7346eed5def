import fc from 'fast-check';

/** A text with a few random edits: characters put in, taken out or replaced, lines dropped, doubled or cut off. */
export function mutation(valid: string): fc.Arbitrary<string> {
  const edit = fc.record({
    kind: fc.constantFrom('replace', 'insert', 'delete', 'dropLine', 'doubleLine', 'cut'),
    at: fc.nat(),
    text: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('-', '0', '9', 'nan', '1e999', ' ', '"', '=', '\n', '_', "'", '#', '-1', '99999999'),
    ),
  });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => edits.reduce(apply, valid));
}

function apply(text: string, edit: { kind: string; at: number; text: string }): string {
  const k = edit.at % Math.max(1, text.length);
  const lines = text.split('\n');
  const l = edit.at % lines.length;
  switch (edit.kind) {
    case 'replace':
      return text.slice(0, k) + edit.text + text.slice(k + Math.max(1, edit.text.length));
    case 'insert':
      return text.slice(0, k) + edit.text + text.slice(k);
    case 'delete':
      return text.slice(0, k) + text.slice(k + 2);
    case 'dropLine':
      return lines.toSpliced(l, 1).join('\n');
    case 'doubleLine':
      return lines.toSpliced(l, 0, lines[l]).join('\n');
    default:
      return text.slice(0, k);
  }
}

/** The message of the error that `act` throws. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'no error';
}
