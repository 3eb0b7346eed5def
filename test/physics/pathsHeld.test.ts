import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { attemptFrequency, nearestAtoms } from '../../src/properties/attempt.ts';
import { nudgedElasticBand } from '../../src/properties/band.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { relax } from '../../src/properties/relax.ts';
import { vacancyHop } from '../support/vacancyHop.ts';

describe('a path on which only a region moves', () => {
  it.each([['Cu',3.615,3],['Cu',3.615,4],['Al',4.05,3],['Al',4.05,4]] as const)('%s %d %d', async (el,a,rep) => {
    const evaluates = plainly(potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: [el] })));
    const unit = (await relax(evaluates, crystal('fcc', [el], a), { cell: true })).structure;
    const hop = vacancyHop(unit, [rep,rep,rep]);
    const rest = await relax(evaluates, hop.initial, { cell: false, force:1e-5 });
    const mid = await relax(evaluates, hop.middle, { cell: false, force:1e-5 });
    const whole = mid.energy - rest.energy;
    for (const mobile of [12, 20, 45, 60, 90, 140]) {
      const free = new Set(nearestAtoms(rest.structure, [hop.hopping], mobile));
      const hold = Uint8Array.from(hop.initial.species, (_, i) => Number(!free.has(i)));
      const ini = rest.structure;
      const fin = ini.positions.slice();
      for (let x=0;x<3;x++) fin[3*hop.hopping+x] += hop.final.positions[3*hop.hopping+x]-hop.initial.positions[3*hop.hopping+x];
      const to = await relax(evaluates, {...ini, positions: fin}, { cell: false, hold });
      const { value, failure } = await nudgedElasticBand(evaluates, ini, to.structure, { hold });
      const e = value!.energies;
      const t=performance.now();
      const at = mobile<100 ? await attemptFrequency(evaluates, ini, mid.structure, [...free]) : undefined;
      console.log(el, rep, free.size, failure, value!.converged, 'forward', (e[value!.saddle]-e[0]-whole).toFixed(4), 'backward', (e[value!.saddle]-e.at(-1)!-whole).toFixed(4), 'end', (e.at(-1)!-e[0]).toFixed(4), value!.rounds, at?.failure, at?.value?.frequency, performance.now()-t);
    }
  }, 200000);
});
