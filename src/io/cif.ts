import { inverse3, transformRows } from '../core/cell.ts';
import { isElement } from '../core/elements.ts';
import { type Structure, structureFrom } from '../core/structure.ts';
import { type CifData, type CifToken, parseCifData } from './cifTokens.ts';
import { malformed, type Place } from './malformed.ts';
import { finiteNumber } from './number.ts';
import { applyOperation, parseOperation, type SymmetryOperation } from './symmetryOperation.ts';

/** Å; images of one site closer than this are one atom on a special position. */
const SAME_SITE = 0.05;

/** A crystal from a CIF: its sites, repeated by the symmetry operations that the file lists. */
export function parseCif(text: string, file: string): Structure {
  const data = parseCifData(text, file);
  const end = { file, line: text.split('\n').length };
  const cell = readCell(data, end);
  const operations = readOperations(data, end);
  const sites = readSites(data, end);
  const symbols: string[] = [];
  const fractional: number[] = [];
  const owners: CifToken[] = [];
  for (const site of sites)
    for (const operation of operations) {
      const image = applyOperation(operation, site.fractional).map((f) => f - Math.floor(f));
      const near = siteAt(image, fractional, cell);
      if (near >= 0 && owners[near] !== site.token)
        throw malformed(
          site.token.at,
          `site ${site.token.text}`,
          `the place of site ${owners[near].text}`,
          `≥ ${SAME_SITE} Å from every other`,
          'remove one of the two',
        );
      if (near >= 0) continue;
      symbols.push(site.symbol);
      fractional.push(...image);
      owners.push(site.token);
    }
  return structureFrom(symbols, transformRows(fractional, cell, new Float64Array(fractional.length)), cell);
}

/** Which of the sites is at a place, up to lattice translations; −1 if none. */
function siteAt(place: readonly number[], sites: readonly number[], cell: Float64Array): number {
  const d = [0, 0, 0];
  for (let k = 0; k < sites.length; k += 3) {
    for (let x = 0; x < 3; x++) {
      const move = place[x] - sites[k + x];
      d[x] = move - Math.round(move);
    }
    const square = [0, 1, 2].reduce(
      (sum, x) => sum + (d[0] * cell[x] + d[1] * cell[3 + x] + d[2] * cell[6 + x]) ** 2,
      0,
    );
    if (square < SAME_SITE ** 2) return k / 3;
  }
  return -1;
}

/** A number whose uncertainty in brackets is left off: 1.234(5). */
function numberOf(token: CifToken, what: string): number {
  return finiteNumber(token.text.replace(/\(\d+\)$/, ''), token.at, what);
}

/** a along x, b in the xy plane. */
function readCell(data: CifData, end: Place): Float64Array {
  const value = (tag: string) => {
    const token = data.get(tag)?.[0];
    if (!token) throw malformed(end, tag, 'nothing', 'given', 'add it');
    return numberOf(token, tag);
  };
  const [a, b, c] = ['a', 'b', 'c'].map((x) => value(`_cell_length_${x}`));
  const degrees = ['alpha', 'beta', 'gamma'].map((x) => value(`_cell_angle_${x}`));
  const [ca, cb, cg] = degrees.map((d) => (d === 90 ? 0 : Math.cos((d * Math.PI) / 180)));
  const sg = Math.sqrt(1 - cg * cg);
  const y = (ca - cb * cg) / sg;
  const z = Math.sqrt(1 - cb * cb - y * y);
  const cell = Float64Array.of(a, 0, 0, b * cg, b * sg, 0, c * cb, c * y, c * z);
  const at = data.get('_cell_length_a')?.[0].at ?? end;
  if (
    !(
      Math.min(a, b, c) > 0 &&
      degrees.every((d) => d > 0 && d < 180) &&
      inverse3(cell).every(Number.isFinite)
    )
  )
    throw malformed(
      at,
      'cell',
      [a, b, c, ...degrees].join(' '),
      'three lengths and three angles that span a volume',
      'mend the cell',
    );
  return cell;
}

const OPERATIONS = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'];
const GROUPS = [
  '_space_group_name_h-m_alt',
  '_symmetry_space_group_name_h-m',
  '_space_group_it_number',
  '_symmetry_int_tables_number',
];

/** The listed operations; a group other than P 1 without a list is refused. */
function readOperations(data: CifData, end: Place): SymmetryOperation[] {
  const listed = OPERATIONS.map((tag) => data.get(tag)).find((tokens) => tokens !== undefined);
  if (listed) return listed.map((token) => parseOperation(token.text, token.at));
  const group = GROUPS.flatMap((tag) => data.get(tag) ?? []).find(
    (t) => !/^(?:p\s*1|1|\?|\.)$/i.test(t.text),
  );
  if (group)
    throw malformed(
      group.at,
      'space group',
      group.text,
      'P 1, or its operations listed under _space_group_symop_operation_xyz',
      'write the file with its symmetry operations or as P 1',
    );
  return [parseOperation('x,y,z', end)];
}

interface Site {
  readonly symbol: string;
  readonly fractional: readonly number[];
  readonly token: CifToken;
}

function readSites(data: CifData, end: Place): Site[] {
  const names = data.get('_atom_site_type_symbol') ?? data.get('_atom_site_label');
  const labels = data.get('_atom_site_label') ?? names;
  const columns = ['x', 'y', 'z'].map((x) => data.get(`_atom_site_fract_${x}`));
  const [xs, ys, zs] = columns;
  if (!names || !labels || !xs || !ys || !zs || [labels, xs, ys, zs].some((c) => c.length !== names.length))
    throw malformed(
      end,
      'atom sites',
      'not all columns',
      'a loop of _atom_site_label and _atom_site_fract_x, _y, _z',
      'write the file with fractional coordinates',
    );
  const occupancies = data.get('_atom_site_occupancy') ?? [];
  for (const token of occupancies)
    if (!['.', '?'].includes(token.text) && numberOf(token, 'occupancy') !== 1)
      throw malformed(
        token.at,
        'occupancy',
        token.text,
        '1',
        'choose one ordered configuration of the atoms',
      );
  return names.map((name, k) => ({
    symbol: symbolOf(name),
    fractional: [xs, ys, zs].map((c) => numberOf(c[k], 'fractional coordinate')),
    token: labels[k],
  }));
}

/** Cu of `Cu`, `Cu2+` or `Cu1`. */
function symbolOf(token: CifToken): string {
  const found = [2, 1].map((length) => token.text.slice(0, length)).find(isElement);
  if (found) return found;
  throw malformed(token.at, 'element', token.text, 'a chemical symbol', 'check the spelling');
}
