import { malformed, type Place } from './malformed.ts';
import { words } from './number.ts';

/** A line that says something. */
export interface LammpsLine {
  readonly at: Place;
  readonly words: readonly string[];
  /** What follows #, trimmed. */
  readonly comment: string;
}

export interface LammpsSection {
  readonly at: Place;
  /** What follows # after its name. */
  readonly comment: string;
  readonly lines: readonly LammpsLine[];
}

/** Sections that a file of atom style atomic or charge may hold. */
const SECTIONS = new Set([
  'Masses',
  'Atoms',
  'Atom Type Labels',
  'Velocities',
  'Pair Coeffs',
  'PairIJ Coeffs',
]);

/** A data file taken apart; `end` is its last line. The first line is a title. */
export function sectionsOf(text: string, file: string) {
  const header: LammpsLine[] = [];
  const sections = new Map<string, LammpsSection>();
  let into = header;
  const lines = text.split(/\r?\n/);
  for (let k = 1; k < lines.length; k++) {
    const at = { file, line: k + 1 };
    const hash = lines[k].indexOf('#');
    const content = (hash < 0 ? lines[k] : lines[k].slice(0, hash)).trim();
    const comment = hash < 0 ? '' : lines[k].slice(hash + 1).trim();
    if (content === '') continue;
    if (!/^[A-Z][a-z]/.test(content) || isLabelLine(content, sections)) {
      into.push({ at, words: words(content), comment });
      continue;
    }
    const name = words(content).join(' ');
    if (!SECTIONS.has(name) || sections.has(name))
      throw malformed(
        at,
        'section',
        sections.has(name) ? `${name} twice` : name,
        `one of ${[...SECTIONS].join(', ')}, once`,
        'write the file with atom style atomic or charge',
      );
    into = [];
    sections.set(name, { at, comment, lines: into });
  }
  return { header, sections, end: { file, line: lines.length } as Place };
}

/** Under Masses a line may begin with a type label such as `Cu 63.546`. */
function isLabelLine(content: string, sections: ReadonlyMap<string, LammpsSection>): boolean {
  return sections.has('Atom Type Labels') && /\s[-+.\d]/.test(content);
}
