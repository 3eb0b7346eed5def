import { isElement } from '../core/elements.ts';
import { type Periodic, type Structure, structureFrom } from '../core/structure.ts';
import { type LammpsLine, type LammpsSection, sectionsOf } from './lammpsSections.ts';
import { malformed, type Place } from './malformed.ts';
import { finiteNumber, wholeNumber } from './number.ts';

export type LammpsStyle = 'atomic' | 'charge';

export interface LammpsDataOptions {
  /** Element of each atom type, from type 1; without it the file must name them in type labels or mass comments. */
  readonly elements?: readonly string[];
  /** The file does not say it; default: all three directions. */
  readonly periodic?: Periodic;
  /** Where the `Atoms` line does not name it, it is told from the number of words. */
  readonly style?: LammpsStyle;
}

/** A LAMMPS data file of atom style atomic or charge. Image flags, velocities and charges are not read. */
export function parseLammpsData(text: string, file: string, options: LammpsDataOptions = {}): Structure {
  const { header, sections, end } = sectionsOf(text, file);
  const count = (name: string) => {
    const line = header.find((l) => l.words.slice(1).join(' ') === name);
    return wholeNumber(line?.words[0], line?.at ?? end, `number of ${name}`, 1);
  };
  const n = count('atoms');
  const elements = elementsOf(count('atom types'), sections, options, end);
  const atoms = sections.get('Atoms');
  if (!atoms || atoms.lines.length !== n)
    throw malformed(
      atoms?.at ?? end,
      'Atoms',
      `${atoms?.lines.length ?? 0} lines`,
      `the ${n} that the header states`,
      'write the file again',
    );
  const style = styleOf(atoms, options);
  const symbols: string[] = new Array(n);
  const positions = new Float64Array(3 * n);
  const order = idOrder(atoms.lines);
  for (let i = 0; i < n; i++) {
    const { words, at } = order[i];
    symbols[i] = elements.symbolOf(words[1], at);
    const first = style === 'charge' ? 3 : 2;
    for (let x = 0; x < 3; x++) positions[3 * i + x] = finiteNumber(words[first + x], at, 'position');
  }
  return structureFrom(symbols, positions, boxOf(header, end), options.periodic);
}

function boxOf(header: readonly LammpsLine[], end: Place): Float64Array {
  const numbers = (names: string) => {
    const size = names.split(' ').length;
    const line = header.find((l) => l.words.slice(size).join(' ') === names);
    return (
      line && { at: line.at, values: line.words.slice(0, size).map((w) => finiteNumber(w, line.at, names)) }
    );
  };
  const side = (x: string) => {
    const bounds = numbers(`${x}lo ${x}hi`);
    const length = bounds ? bounds.values[1] - bounds.values[0] : Number.NaN;
    if (!(length > 0 && Number.isFinite(length)))
      throw malformed(
        bounds?.at ?? end,
        `${x}lo ${x}hi`,
        bounds?.values.join(' ') ?? 'none',
        'two numbers, the second greater',
        'mend the box',
      );
    return length;
  };
  const [xy, xz, yz] = numbers('xy xz yz')?.values ?? [0, 0, 0];
  return Float64Array.of(side('x'), 0, 0, xy, side('y'), 0, xz, yz, side('z'));
}

/** Which element a type, given by number or by label, stands for. */
function elementsOf(
  types: number,
  sections: ReadonlyMap<string, LammpsSection>,
  options: LammpsDataOptions,
  end: Place,
): { symbolOf(type: string, at: Place): string } {
  const labels = sections.get('Atom Type Labels')?.lines ?? [];
  const masses = sections.get('Masses')?.lines ?? [];
  const labelOf = (k: number) => labels.find((l) => l.words[0] === String(k))?.words[1];
  const isMassOf = (l: LammpsLine, k: number) => l.words[0] === String(k) || l.words[0] === labelOf(k);
  const commentOf = (k: number) => masses.find((l) => isMassOf(l, k))?.comment;
  const symbols = Array.from({ length: Math.min(types, 255) }, (_, t) =>
    [options.elements?.[t], labelOf(t + 1), commentOf(t + 1)].find((s) => s !== undefined && s !== ''),
  );
  return {
    symbolOf(type, at) {
      const byLabel = labels.find((l) => l.words[1] === type)?.words[0];
      const k = wholeNumber(byLabel ?? type, at, 'atom type', 1);
      const symbol = symbols[k - 1];
      if (k > types)
        throw malformed(at, 'atom type', type, `at most ${types}`, 'mend the line or the header');
      if (symbol !== undefined && isElement(symbol)) return symbol;
      throw malformed(
        sections.get('Masses')?.at ?? end,
        `element of atom type ${k}`,
        symbol ?? 'none',
        'a chemical symbol',
        'give the elements in the order of types, or write `1 63.546 # Cu` under Masses',
      );
    },
  };
}

function styleOf(atoms: LammpsSection, options: LammpsDataOptions): LammpsStyle {
  const named = options.style ?? atoms.comment.split(/\s+/)[0];
  const counts = { atomic: [5, 8], charge: [6, 9] };
  const fits = (s: LammpsStyle, line: LammpsLine) => counts[s].includes(line.words.length);
  const style = named === '' ? (['atomic', 'charge'] as const).find((s) => fits(s, atoms.lines[0])) : named;
  if (style !== 'atomic' && style !== 'charge')
    throw malformed(
      atoms.at,
      'atom style',
      style ?? `${atoms.lines[0].words.length} words a line`,
      'atomic or charge',
      'write the file with one of these styles',
    );
  const bad = atoms.lines.find((line) => !fits(style, line));
  if (bad)
    throw malformed(
      bad.at,
      'atom',
      `${bad.words.length} words`,
      `${counts[style].join(' or ')} for style ${style}`,
      'mend the line or name the style after `Atoms #`',
    );
  return style;
}

/** The atoms' lines by ascending id; ids need not be contiguous but must differ. */
function idOrder(lines: readonly LammpsLine[]): LammpsLine[] {
  const withId = lines.map((line) => ({ line, id: wholeNumber(line.words[0], line.at, 'atom id', 1) }));
  withId.sort((p, q) => p.id - q.id);
  const twice = withId.findIndex((p, k) => k > 0 && p.id === withId[k - 1].id);
  if (twice > 0)
    throw malformed(withId[twice].line.at, 'atom id', `${withId[twice].id} twice`, 'unique', 'mend the line');
  return withId.map((p) => p.line);
}
