import { afterAll, describe, expect, it } from 'vitest';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Quantity } from '../../src/core/potential.ts';
import { disagreement, excess, largest } from '../support/compare.ts';
import { WASM } from '../tolerances.ts';
import { haveReference, referenceNumbers, referencePotential, structureOf } from './aceReference.ts';

const YAML = [
  'Cu-I',
  'DFT10B-AgCu',
  'Cu.pbe.in',
  'ethanol',
  'syn_SBessel_rank6',
  'syn_ChebLinear_density',
  'syn_ZBL_AlNi',
];
const FILES = [...YAML.flatMap((name) => [`${name}.yaml`, `${name}.yace`]), 'syn_ACEjl_Si.yace'];
const WANT: readonly Quantity[] = ['forces', 'virial', 'projections'];

describe.skipIf(!haveReference())('ACE on wasm against the truth and the reference evaluator', () => {
  const open: { dispose(): void }[] = [];
  afterAll(() => {
    for (const e of open) e.dispose();
  });

  it.each(FILES)('%s', async (file) => {
    const { configs, elements } = referenceNumbers(file);
    const potential = referencePotential(file);
    const wasm = await wasmBackend(2).evaluator!(potential);
    open.push(wasm);
    expect(configs.length).toBeGreaterThan(10);
    for (const c of configs) {
      const s = structureOf(c, elements);
      const want = potential.projectionWidth > 0 ? WANT : WANT.slice(0, 2);
      const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), want);
      const e = await wasm.evaluate(s, want);
      const off = disagreement(e, truth, WASM);
      const theirs = excess(e.energies, c.energies, (x) => WASM.energy[0] + WASM.energy[1] * Math.abs(x));
      const forces = excess(
        e.forces,
        c.forces.flat(),
        () => WASM.force[0] + WASM.force[1] * largest(c.forces.flat()),
      );
      // Several equally near neighbours: which of them switches the expansion is a matter of order.
      if (c.warning) Object.assign(off, { forces: 0, virial: 0 });
      const found = { ...off, theirs, theirForces: c.warning ? 0 : forces };
      for (const [what, ratio] of Object.entries(found))
        expect(ratio, `${c.name}: ${what}, as a multiple of the tolerance`).toBeLessThanOrEqual(1);
    }
  });
});
