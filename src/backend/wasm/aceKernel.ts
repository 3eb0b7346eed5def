import type { AcePotential } from '../../../potentials/ace/ace.ts';
import {
  packTables,
  type SiteScratch,
  scratchBytes,
  siteScratch,
  writeScratch,
} from '../../../potentials/ace/packTables.ts';
import { UserError } from '../../core/errors.ts';
import type { Evaluation, Quantity } from '../../core/potential.ts';
import * as sys from '../../core/systemLayout.ts';
import { SKIN } from '../stepping/evaluator.ts';
import { ACE_SITES, GATHER_FORCES, GATHER_MEMBERS, SETTLE_FORCES, SETTLE_MEMBERS } from './commands.ts';
import type { Device, Kernel } from './device.ts';
import { gradesOnDevice } from './grades.ts';
import { addUp, asOwnMember, resultOf } from './result.ts';
import { type Composition, SCRATCH_HEADER, sharedSystem } from './sharedSystem.ts';
import type { Team } from './team.ts';

/** Bytes that pair forces of members may take; more members than fit are evaluated in several passes. */
const MEMBER_BYTES = 2 ** 28;

/** Expansions of any form. */
export function aceKernel(potential: AcePotential, team: Team, compactFrom: number): Kernel {
  const tables = packTables(team.arena, potential);
  const mark = team.arena.mark();
  return (composition) => {
    team.arena.release(mark);
    const compact = composition.species.length >= compactFrom;
    return open(potential, team, composition, tables, compact);
  };
}

function open(
  potential: AcePotential,
  team: Team,
  composition: Composition,
  tables: number,
  compact: boolean,
): Device {
  const { arena } = team;
  const { projectionWidth, weights, cutoff } = potential;
  const members = weights.members.length;
  const n = composition.species.length;
  const system = sharedSystem(team, composition, potential.elements, compact);
  const { words } = system;
  const grades = gradesOnDevice(team, system, composition);
  const laidOut = new Set<Quantity>();
  const arrays: Record<'projections' | 'memberEnergies' | 'memberForces' | 'memberVirials', Float64Array> = {
    projections: NONE,
    memberEnergies: NONE,
    memberForces: NONE,
    memberVirials: NONE,
  };
  let perPass = 0;
  words[sys.TABLES] = tables;
  words[sys.PROJECTION_WIDTH] = projectionWidth;

  const plan = (row: number): SiteScratch => siteScratch(potential, (row + 2) & ~1);
  const demands = {
    cutoff,
    reverse: true,
    layOut(row: number) {
      words[sys.PAIR_FORCES] = arena.f64(compact ? 0 : 3 * n * row).byteOffset;
      const wanted = (q: Quantity, length: number) => arena.f64(laidOut.has(q) ? length : 0);
      arrays.projections = wanted('projections', n * projectionWidth);
      arrays.memberEnergies = wanted('memberEnergies', members * n);
      arrays.memberForces = wanted('memberForces', members * 3 * n);
      arrays.memberVirials = wanted('memberVirials', members * 9 * n);
      words[sys.MEMBER_FORCES] = arrays.memberForces.byteOffset;
      const fitting = compact ? members : Math.floor(MEMBER_BYTES / (24 * n * row));
      perPass = Math.min(members, Math.max(1, fitting));
      words[sys.MEMBER_PAIR_FORCES] = wanted('memberForces', compact ? 0 : 3 * n * row * perPass).byteOffset;
    },
    scratch: (row: number) => scratchBytes(plan(row), SCRATCH_HEADER),
    prepareScratch(buffer: ArrayBufferLike, address: number) {
      writeScratch(buffer, address, SCRATCH_HEADER, plan(words[sys.ROW]));
    },
  };

  const byKernel = (asked: readonly Quantity[]): Evaluation => {
    // A member's virial comes with its forces.
    const want: readonly Quantity[] = asked.includes('memberVirials') ? [...asked, 'memberForces'] : asked;
    const missing = want.filter((q) => q !== 'forces' && q !== 'virial' && !laidOut.has(q));
    if (missing.length > 0) {
      for (const q of missing) laidOut.add(q);
      system.forgetLayout();
    }
    system.renewList(demands, SKIN);
    const has = (q: Quantity) => want.includes(q) && members > 0;
    words[sys.FAULT] = 0;
    words[sys.PROJECTIONS] = want.includes('projections') ? arrays.projections.byteOffset : 0;
    words[sys.MEMBER_ENERGIES] = has('memberEnergies') ? arrays.memberEnergies.byteOffset : 0;
    words[sys.MEMBER_VIRIALS] = has('memberVirials') ? arrays.memberVirials.byteOffset : 0;
    words[sys.FIRST_MEMBER] = 0;
    words[sys.MEMBER_COUNT] = has('memberForces') ? perPass : 0;
    if (compact) {
      system.forces.fill(0);
      if (has('memberForces')) arrays.memberForces.fill(0);
    }
    system.run(ACE_SITES);
    if (words[sys.FAULT] !== 0) throw noBond(words[sys.FAULT] - 1, potential, composition);
    system.run(compact ? SETTLE_FORCES : GATHER_FORCES);
    if (has('memberForces')) {
      if (compact) system.run(SETTLE_MEMBERS);
      else gatherMembers();
    }
    const e = resultOf(system, want);
    if (members === 0) return { ...asOwnMember(e, system, asked), ...projectionsIf(want) };
    return {
      ...e,
      ...projectionsIf(want),
      memberEnergies: has('memberEnergies') ? arrays.memberEnergies : NONE,
      memberForces: asked.includes('memberForces') ? arrays.memberForces : NONE,
      memberVirials: has('memberVirials') ? addUp(arrays.memberVirials, new Float64Array(9 * members)) : NONE,
    };
  };
  const projectionsIf = (want: readonly Quantity[]) => ({
    projections: want.includes('projections') ? arrays.projections : NONE,
    projectionWidth,
  });
  /** The first members' pair forces are there; the others' come pass by pass. */
  const gatherMembers = () => {
    for (;;) {
      system.run(GATHER_MEMBERS);
      const next = words[sys.FIRST_MEMBER] + words[sys.MEMBER_COUNT];
      if (next >= members) return;
      words[sys.FIRST_MEMBER] = next;
      words[sys.MEMBER_COUNT] = Math.min(perPass, members - next);
      words[sys.MEMBER_ENERGIES] = 0;
      system.run(ACE_SITES);
    }
  };
  const apart = potential.apart ?? [];
  /** What the weights do not say comes from the potential itself, in this thread. */
  const evaluate = (want: readonly Quantity[]): Evaluation => {
    const elsewhere = want.filter((q) => apart.includes(q));
    const e = byKernel(want.filter((q) => !apart.includes(q)));
    if (elsewhere.length === 0) return e;
    const { positions, cell } = system;
    const there = potential.evaluate({ ...composition, positions, cell }, system.list(), elsewhere);
    const rows = elsewhere.includes('projections') ? there : e;
    return {
      ...e,
      projections: rows.projections,
      projectionWidth: rows.projectionWidth,
      memberEnergies: elsewhere.includes('memberEnergies') ? there.memberEnergies : e.memberEnergies,
      memberForces: elsewhere.includes('memberForces') ? there.memberForces : e.memberForces,
      memberVirials: elsewhere.includes('memberVirials') ? there.memberVirials : e.memberVirials,
    };
  };
  return { system, evaluate, ...(apart.includes('projections') ? {} : grades) };
}

const NONE = new Float64Array(0);

function noBond(i: number, { tables, elements }: AcePotential, { elements: named, species }: Composition) {
  const centre = elements.indexOf(named[species[i]]);
  const S = elements.length;
  const without = elements.filter((_, b) => Number.isNaN(tables.cutoffs[centre * S + b]));
  return new UserError(
    `ace: atom ${i} is ${elements[centre]} and has a neighbour ${without.join(' or ')}, a pair for which the potential has no bond; use a potential that has one`,
  );
}
