import { inverse3, multiply3, volume } from '../core/cell.ts';
import { atomCount, type Structure, structureFrom, symbolsOf } from '../core/structure.ts';
import type { Dynamics } from './coexistence.ts';
import type { Evaluates } from './evaluates.ts';
import type { InterstitialLattice } from './interstitials.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { primitiveCell } from './primitive.ts';
import { relax } from './relax.ts';
import { strained, transformed } from './strain.ts';
import { type Symmetry, symmetryOf } from './symmetry.ts';

/** A crystal at rest under one potential: what its properties are measured on. */
export interface Subject {
  readonly evaluates: Evaluates;
  /** What moves it; undefined where it is only evaluated. */
  readonly dynamics: Dynamics | undefined;
  /** In the cell it was given in. */
  readonly crystal: Structure;
  readonly primitive: Structure;
  readonly symmetry: Symmetry;
  /** eV/atom. */
  readonly energy: number;
  /** Whether the cell is a cube along the axes. */
  readonly cubic: boolean;
  /** Of one element in its cubic cell: which lattice. */
  readonly lattice: InterstitialLattice | undefined;
}

/** Relaxes cell and ions from `start`. */
export async function subjectOf(
  evaluates: Evaluates,
  start: Structure,
  dynamics?: Dynamics,
): Promise<Outcome<Subject>> {
  const { structure, energy, converged, failure } = await relax(evaluates, start, {
    cell: true,
    force: 1e-5,
    stress: 1e-4,
  });
  if (!converged) return failed(`the crystal: ${failure}`);
  const wider = await evaluates.evaluate(strained(structure, [0.01, 0.01, 0.01, 0, 0, 0]), []);
  if (Math.abs(wider.energy - energy) < 1e-9) return failed('the crystal: its atoms do not feel each other');
  const symmetry = symmetryOf(structure);
  const cubic = isCube(structure.cell);
  const crystal = cubic ? squared(structure) : structure;
  return found({
    evaluates,
    dynamics,
    crystal,
    primitive: primitiveCell(crystal, symmetry),
    symmetry,
    energy: energy / atomCount(crystal),
    cubic,
    lattice: cubic ? latticeOf(crystal, symmetry) : undefined,
  });
}

/** To what a relaxation may leave. */
function isCube(cell: Float64Array): boolean {
  return cell.every((x, k) => Math.abs(x - (k % 4 === 0 ? cell[0] : 0)) < 1e-4 * cell[0]);
}

/** Exactly a cube, as cells are cut from. */
function squared(s: Structure): Structure {
  const edge = Math.cbrt(volume(s.cell));
  return transformed(s, multiply3(inverse3(s.cell), [edge, 0, 0, 0, edge, 0, 0, 0, edge]));
}

function latticeOf(s: Structure, { number }: Symmetry): InterstitialLattice | undefined {
  if (s.elements.length > 1) return undefined;
  const kinds = { '225 4': 'fcc', '229 2': 'bcc', '227 8': 'diamond' } as const;
  return kinds[`${number} ${atomCount(s)}` as keyof typeof kinds];
}

/** eV/atom that it takes to part the atoms, each of which is evaluated alone. */
export async function cohesiveEnergy({ evaluates, crystal, energy }: Subject): Promise<number> {
  const alone = new Map<string, number>();
  for (const element of crystal.elements)
    alone.set(element, (await evaluates.evaluate(structureFrom([element], [0, 0, 0]), [])).energy);
  const symbols = symbolsOf(crystal);
  return symbols.reduce((sum, symbol) => sum + alone.get(symbol)! / symbols.length, 0) - energy;
}
