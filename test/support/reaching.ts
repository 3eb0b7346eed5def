import { potentials } from '../../potentials/registry.ts';
import type { Reaching } from '../../src/events/quench.ts';
import { plainly } from '../../src/properties/evaluates.ts';

/** An embedded-atom metal of the published set. */
export function zhou(element: string): Reaching {
  return reaching({ kind: 'eam', set: 'zhou', elements: [element] });
}

/** Copper as a made-up pair potential of short reach. */
export function pairCopper(): Reaching {
  return reaching({
    kind: 'lennardJones',
    atoms: { Cu: { epsilon: '0.4 eV', sigma: '2.3 Å' } },
    cutoff: '4.2 Å',
  });
}

function reaching(options: Record<string, unknown>): Reaching {
  const potential = potentials.create(potentials.schema.parse(options));
  return { ...plainly(potential), cutoff: potential.cutoff };
}
