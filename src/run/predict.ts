import { volume } from '../core/cell.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import type { XyzFrame } from '../io/extxyz.ts';
import type { XyzOutput } from '../io/writeXyz.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import type { LoadedPotential } from './loadPotential.ts';

/** What a potential says of a frame, under `prefix`: energy, virial, stress; columns energies, forces, gamma. */
export function predict({ potential, grade }: LoadedPotential, frame: XyzFrame, prefix: string): XyzOutput {
  const { structure } = frame;
  const wanted = ['forces', 'virial', ...(grade?.needs ?? [])] as const;
  const e = potential.evaluate(structure, buildNeighbours(structure, potential.cutoff), wanted);
  const bulk = structure.periodic.every(Boolean);
  const stress = e.virial.map((x) => -x / volume(structure.cell));
  const gamma = grade?.grade(e, structure);
  return {
    ...frame,
    info: {
      ...frame.info,
      [`${prefix}energy`]: e.energy,
      [`${prefix}virial`]: e.virial,
      ...(bulk ? { [`${prefix}stress`]: [0, 4, 8, 5, 2, 1].map((k) => stress[k]) } : {}),
    },
    columns: {
      ...frame.columns,
      [`${prefix}energies`]: e.energies,
      [`${prefix}forces`]: e.forces,
      ...(gamma ? { [`${prefix}gamma`]: gamma } : {}),
    },
  };
}

/** A frame with one column a measure. */
export function gradeFrame(
  potential: Potential,
  measures: readonly Uncertainty[],
  frame: XyzFrame,
): XyzOutput & { readonly columns: Readonly<Record<string, Float64Array>> } {
  const { structure, info } = frame;
  const needs = [...new Set(measures.flatMap((m) => m.needs))];
  const e = potential.evaluate(structure, buildNeighbours(structure, potential.cutoff), needs);
  return {
    structure,
    info,
    columns: Object.fromEntries(measures.map((m) => [m.kind, m.grade(e, structure)])),
  };
}
