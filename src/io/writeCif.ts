import { inverse3, transformRows } from '../core/cell.ts';
import { UserError } from '../core/errors.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { writeNumber } from './number.ts';

/** A CIF in P1. It keeps lengths and angles of the cell, not its orientation; sites are labelled Cu1, Cu2, … in the order of atoms. */
export function formatCif(s: Structure): string {
  if (!s.periodic.every((p) => p))
    throw new UserError(
      `CIF: got periodicity ${s.periodic.join(' ')}, must be periodic along a, b and c; put the atoms into a periodic box first`,
    );
  const rows = [0, 3, 6].map((k) => s.cell.subarray(k, k + 3));
  const lengths = rows.map((v) => Math.hypot(v[0], v[1], v[2]));
  const angle = (p: number, q: number) => {
    const dot = rows[p].reduce((sum, x, k) => sum + x * rows[q][k], 0);
    return (Math.acos(dot / (lengths[p] * lengths[q])) * 180) / Math.PI;
  };
  const angles = [angle(1, 2), angle(0, 2), angle(0, 1)];
  const fractional = transformRows(s.positions, inverse3(s.cell), new Float64Array(3 * atomCount(s)));
  const counts = new Map<string, number>();
  const sites = Array.from(s.species, (k, i) => {
    const symbol = s.elements[k];
    counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    const place = Array.from(fractional.subarray(3 * i, 3 * i + 3), writeNumber);
    return `${symbol}${counts.get(symbol)} ${symbol} ${place.join(' ')}`;
  });
  return [
    'data_structure',
    ...['a', 'b', 'c'].map((x, k) => `_cell_length_${x} ${writeNumber(lengths[k])}`),
    ...['alpha', 'beta', 'gamma'].map((x, k) => `_cell_angle_${x} ${writeNumber(angles[k])}`),
    "_space_group_name_H-M_alt 'P 1'",
    'loop_\n_space_group_symop_operation_xyz\nx,y,z',
    'loop_\n_atom_site_label\n_atom_site_type_symbol',
    ...['x', 'y', 'z'].map((x) => `_atom_site_fract_${x}`),
    ...sites,
    '',
  ].join('\n');
}
