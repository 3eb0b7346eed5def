import type { EamPotential } from '../../../potentials/eam/embeddedAtom.ts';
import { packFunctions } from '../../../potentials/eam/packFunctions.ts';
import * as sys from '../../core/systemLayout.ts';
import { SKIN } from '../stepping/evaluator.ts';
import { EAM_DENSITIES, EAM_FORCES } from './commands.ts';
import type { Kernel } from './device.ts';
import { asOwnMember, resultOf } from './result.ts';
import { SCRATCH_HEADER, sharedSystem } from './sharedSystem.ts';
import type { Team } from './team.ts';

/** Bytes of what is kept of a pair between the two passes. */
const PAIR = 56;

/** Embedded atoms. F itself, one number an atom, is taken from the potential's own functions between the two passes. */
export function eamKernel(
  { functions, elements, cutoff }: EamPotential,
  team: Team,
  compactFrom: number,
): Kernel {
  const { arena } = team;
  const tables = packFunctions(arena, functions);
  const mark = arena.mark();
  return (composition) => {
    arena.release(mark);
    const n = composition.species.length;
    const compact = n >= compactFrom;
    const system = sharedSystem(team, composition, elements, compact);
    const { words, energies } = system;
    const kinds = Int32Array.from(composition.species, (k) => elements.indexOf(composition.elements[k]));
    const densities = arena.f64(n);
    const slopes = arena.f64(n);
    const value = new Float64Array(2);
    words[sys.TABLES] = tables;
    words[sys.DENSITIES] = densities.byteOffset;
    words[sys.EMBEDDING_SLOPES] = slopes.byteOffset;
    const demands = {
      cutoff,
      reverse: false,
      layOut(row: number) {
        if (!compact) words[sys.PAIR_SLOPES] = arena.f64((n * row * PAIR) / 8).byteOffset;
      },
      scratch: (row: number) => SCRATCH_HEADER + (compact ? row * (PAIR + sys.UNPACKED_BYTES) : 0),
    };
    return {
      system,
      evaluate(want) {
        system.renewList(demands, SKIN);
        system.run(EAM_DENSITIES);
        for (let i = 0; i < n; i++) {
          functions.embedding[kinds[i]](densities[i], value);
          energies[i] += value[0];
          slopes[i] = value[1];
        }
        system.run(EAM_FORCES);
        return asOwnMember(resultOf(system, want), system, want);
      },
    };
  };
}
