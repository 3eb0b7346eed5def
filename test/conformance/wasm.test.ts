import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Integrator } from '../../integrators/substeps.ts';
import { acePotential, type LearnableAce, learnableAce } from '../../potentials/ace/ace.ts';
import { nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import { type EamFunctions, embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { interpolate, tabulate } from '../../potentials/eam/setfl.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import type { Engine, Watch } from '../../src/backend/backend.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { kernelFor } from '../../src/backend/wasm/device.ts';
import { createTeam } from '../../src/backend/wasm/team.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Potential, Quantity } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import type { ActiveSet } from '../../src/learn/activeSet.ts';
import { extrapolationGrade } from '../../src/uncertainty/extrapolationGrade.ts';
import type { Uncertainty } from '../../src/uncertainty/uncertainty.ts';
import { drawnAlloy as alloy, normal } from '../support/alloys.ts';
import { startAt } from '../support/argon.ts';
import { disagreement, excess } from '../support/compare.ts';
import { integratorFrom, never, unwatched } from '../support/integrate.ts';
import { randomStructures } from '../support/randomStructures.ts';
import { WASM } from '../tolerances.ts';

/** The same alloy with two densities for one element, one curved density for the other, and a core that switches both off. */
function curved(innerCutoff: 'density' | 'zbl', kind: 'linear' | 'full'): LearnableAce {
  const { model } = alloy('ChebExpCos');
  const { baseline: _, ...rest } = model;
  const core = innerCutoff === 'zbl' ? ([1, 1] as const) : ([4000, 1] as const);
  const bent = nonlinearAce(
    {
      ...rest,
      bonds: model.bonds.map((b) => ({ ...b!, innerCutoff, coreRepulsion: core, rIn: 2.6, deltaIn: 0.7 })),
      centres: model.centres.map((c, a) => ({
        ...c,
        embedding: {
          form: a === 0 ? 'FinnisSinclair' : 'FinnisSinclairShiftedScaled',
          prefactors: a === 0 ? [1, 0.7] : [1.2],
          exponents: a === 0 ? [1, 0.5] : [0.8],
          coreCutoff: 8,
          coreWidth: 6,
        },
        functions: c.functions.map((f, v) => ({
          ...f,
          coefficients: Array.from({ length: 2 - a }, (__, p) => 0.1 * normal(60 + p, 1000 * a + v)),
        })),
      })),
    },
    kind,
  );
  const { e0, mean } = bent.parameters;
  const members = [1.1, 0.8].map((x) => mean.map((c) => x * c));
  return bent.withParameters({ e0, mean, members });
}

const setfl = (f: EamFunctions) => interpolate(tabulate(f, 600, 600, 40));

const POTENTIALS: Record<string, Potential> = {
  'expansion over SBessel': alloy('SBessel', 2),
  'expansion over ChebExpCos': alloy('ChebExpCos', 2),
  'expansion over ChebPow': alloy('ChebPow', 2),
  'curved expansion, core density': curved('density', 'linear'),
  'curved expansion, nearest core': curved('zbl', 'full'),
  'embedded atoms, formulas': embeddedAtom(zhou(['Ni', 'Al'])),
  'embedded atoms, tables': embeddedAtom(setfl(zhou(['Ni', 'Al']))),
};
const ALL: readonly Quantity[] = [
  'forces',
  'virial',
  'projections',
  'memberEnergies',
  'memberForces',
  'memberVirials',
];

const open: { dispose(): void }[] = [];
afterAll(() => {
  for (const e of open) e.dispose();
});
function kept<T extends { dispose(): void }>(e: T): T {
  open.push(e);
  return e;
}

describe('the neighbour list in shared memory', () => {
  it.each([1, 3])('is that of buildNeighbours, made by %i threads', async (threads) => {
    const team = kept(await createTeam(threads));
    const potential = embeddedAtom(zhou(['Cu'], 4.2));
    const openSystem = kernelFor(potential, team)!;
    let pairs = 0;
    fc.assert(
      fc.property(randomStructures(['Cu'], 0.7), (s) => {
        const { system, evaluate } = openSystem(s);
        system.positions.set(s.positions);
        system.cell.set(s.cell);
        evaluate([]);
        const list = system.list();
        expect(list).toEqual(buildNeighbours(s, list.cutoff));
        pairs += list.indices.length;
      }),
      { numRuns: 150, seed: 1 },
    );
    expect(pairs).toBeGreaterThan(1000);
  });

  it('finds room when a gas becomes dense', async () => {
    const potential = embeddedAtom(zhou(['Cu'], 4.2));
    const wasm = kept(await wasmBackend(2).evaluator!(potential));
    const sizes = [
      [12, 2],
      [5, 2],
      [3.6, 2],
      [2.9, 6],
      [7, 2],
    ] as const;
    for (const [a, repeat] of sizes) {
      const s = supercell(crystal('fcc', ['Cu'], a), [repeat, repeat, repeat]);
      const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces']);
      const e = await wasm.evaluate(s, ['forces']);
      expect(excess([e.energy], [truth.energy], (x) => 1e-12 * (1 + Math.abs(x)))).toBeLessThanOrEqual(1);
    }
  });
});

describe.each(Object.entries(POTENTIALS))('%s', (_, potential) => {
  it('agrees with the truth on any structure, in every quantity', async () => {
    const wasm = kept(await wasmBackend(2).evaluator!(potential));
    let strongest = 0;
    await fc.assert(
      fc.asyncProperty(randomStructures(['Ni', 'Al', 'Al'], 1.4), async (s) => {
        const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ALL);
        const off = disagreement(await wasm.evaluate(s, ALL), truth, WASM);
        for (const [what, ratio] of Object.entries(off)) expect(ratio, what).toBeLessThanOrEqual(1);
        strongest = Math.max(strongest, ...truth.forces.map(Math.abs));
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(strongest).toBeGreaterThan(0.5);
  });

  it('agrees on many atoms, for which memory has to grow', async () => {
    const wasm = kept(await wasmBackend(2).evaluator!(potential));
    const s = supercell(crystal('B2', ['Ni', 'Al'], 2.9), [6, 6, 7]);
    s.positions.forEach((x, k) => {
      s.positions[k] = x + 0.1 * normal(7, k);
    });
    const want = ['forces', 'virial', 'projections'] as const;
    const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), want);
    const off = disagreement(await wasm.evaluate(s, want), truth, WASM);
    for (const [what, ratio] of Object.entries(off)) expect(ratio, what).toBeLessThanOrEqual(1);
  });

  it('gives back only what was asked for', async () => {
    const wasm = kept(await wasmBackend(1).evaluator!(potential));
    const s = crystal('B2', ['Ni', 'Al'], 2.88);
    for (const want of [
      [],
      ['virial'],
      ['forces', 'projections'],
      ['memberForces'],
      ['memberVirials'],
    ] as const) {
      const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), want);
      const e = await wasm.evaluate(s, want);
      for (const key of ALL) expect(e[key].length, key).toBe(truth[key].length);
    }
  });
});

describe('any potential without a kernel', () => {
  it('is evaluated by itself, tables of the field included', async () => {
    const own = acePotential(alloy('SBessel').model, { tabulated: true });
    const s = supercell(crystal('B2', ['Ni', 'Al'], 2.9), [2, 1, 1]);
    const wasm = kept(await wasmBackend(2).evaluator!(own));
    expect(await wasm.evaluate(s, ['forces'])).toEqual(
      own.evaluate(s, buildNeighbours(s, own.cutoff), ['forces']),
    );
  });

  it('refuses an element it does not know', async () => {
    const wasm = kept(await wasmBackend(2).evaluator!(alloy('SBessel')));
    const s = structureFrom(['Cu', 'Ni'], [0, 0, 0, 2, 0, 0]);
    await expect(wasm.evaluate(s, ['forces'])).rejects.toThrow(/got element Cu/);
  });
});

const warm: Structure = (() => {
  const s = supercell(crystal('B2', ['Ni', 'Al'], 2.9), [3, 2, 2]);
  // An odd number of atoms of each element: somebody stays without a partner.
  return structureFrom(
    Array.from(s.species.subarray(1, 23), (k) => s.elements[k]),
    s.positions.subarray(3, 69),
    s.cell,
  );
})();
const start = startAt(warm, 600);

const INTEGRATORS: Record<string, Integrator> = {
  'velocity Verlet': integratorFrom({ kind: 'velocityVerlet', timestep: '2 fs' }),
  npt: integratorFrom({
    kind: 'npt',
    timestep: '2 fs',
    temperature: '600 K',
    pressure: '0 GPa',
    cell: 'full',
    cellRelaxation: '200 fs',
    bulkModulus: '150 GPa',
  }),
};

async function engineOn(
  threads: number,
  p: Potential,
  integrator: Integrator,
  from: MdState,
): Promise<Engine> {
  return kept(await wasmBackend(threads).prepare(p, integrator, from));
}

describe.each(Object.entries(INTEGRATORS))('%s', (_, integrator) => {
  it.each([
    ['expansion', alloy('SBessel')],
    ['embedded atoms', POTENTIALS['embedded atoms, formulas']],
  ])('%s: same bits on 1, 2 and 3 threads, in pieces and after a resume', async (__, potential) => {
    const run = async (threads: number, from: MdState, chunks: readonly number[]) => {
      const engine = await engineOn(threads, potential, integrator, from);
      for (const steps of chunks) {
        const stop = await engine.advance(steps, unwatched, never);
        if (stop.reason !== 'finished') throw new Error(stop.reason);
      }
      return engine.state();
    };
    const whole = await run(1, start, [80]);
    expect(whole.structure.positions).not.toEqual(start.structure.positions);
    expect(await run(2, start, [80])).toEqual(whole);
    expect(await run(3, start, [1, 0, 32, 47])).toEqual(whole);
    expect(await run(2, await run(3, start, [40]), [40])).toEqual(whole);
  });

  it('follows the trajectory of the truth', async () => {
    const potential = alloy('SBessel');
    const plain = await plainBackend.prepare(potential, integrator, start);
    const wasm = await engineOn(2, potential, integrator, start);
    await plain.advance(40, unwatched, never);
    await wasm.advance(40, unwatched, never);
    const [a, b] = [wasm.state(), plain.state()];
    expect(excess(a.structure.positions, b.structure.positions, () => 1e-9)).toBeLessThanOrEqual(1);
    const [o, q] = [wasm.observe(), plain.observe()];
    expect(Math.abs(o.conserved - q.conserved)).toBeLessThan(1e-8);
    expect(excess(o.stress, q.stress, () => 1e-9)).toBeLessThanOrEqual(1);
  });
});

describe('grades', () => {
  const potential = alloy('SBessel');
  const sets = (elements: readonly string[]): ActiveSet =>
    elements.map((element) => {
      const a = potential.elements.indexOf(element);
      const size = potential.functionOffsets[a + 1] - potential.functionOffsets[a];
      const inverse = Float64Array.from({ length: size * size }, (_, k) => 0.02 * normal(50 + a, k));
      return { element, size, inverse, span: new Float64Array(0), rank: 0, scale: new Float64Array(size) };
    });
  const grade = (elements: readonly string[]): Uncertainty =>
    extrapolationGrade.create({} as never)({ activeSet: sets(elements), potential });
  const committee: Uncertainty = {
    kind: 'committee',
    unit: 'eV',
    needs: ['memberForces', 'memberEnergies'],
    grade: (e, s) =>
      s.positions.filter((__, k) => k % 3 === 0).map((__, i) => Math.abs(e.memberForces[3 * i])),
  };
  const verlet = INTEGRATORS['velocity Verlet'];
  const watch = (measures: readonly Uncertainty[], interval = 5, pause = 1e9): Watch => ({
    interval,
    measures: measures.map((measure) => ({ measure, select: pause / 2, pause })),
  });

  it('are those of the measure itself, several at once and as they come', async () => {
    const both = [grade(['Ni', 'Al']), grade(['Al']), committee];
    const wasm = await engineOn(2, potential, verlet, start);
    const plain = await plainBackend.prepare(potential, verlet, start);
    for (const measures of [both.slice(0, 1), both, both.slice(1)]) {
      await wasm.advance(7, watch(measures), never);
      await plain.advance(7, watch(measures), never);
      expect(wasm.checks().map((c) => [c.measure, c.atom])).toEqual(
        plain.checks().map((c) => [c.measure, c.atom]),
      );
      const [a, b] = [wasm, plain].map((e) => e.checks().map((c) => c.max));
      expect(b[0]).toBeGreaterThan(0.01);
      a.forEach((x, k) => {
        if (Number.isFinite(b[k])) expect(Math.abs(x - b[k])).toBeLessThan(WASM.grade * (1 + b[k]));
        else expect(x).toBe(b[k]);
      });
    }
  });

  it('stop at the step at which the truth stops, with the same frames', async () => {
    const measure = grade(['Ni', 'Al']);
    const seen = await plainBackend.prepare(potential, verlet, start);
    const maxima: number[] = [];
    for (let k = 0; k < 12; k++) {
      await seen.advance(5, watch([measure]), never);
      maxima.push(seen.checks()[0].max);
    }
    // Just below the largest but one, so that the run goes through the recorder before it stops.
    const pause = [...maxima].sort((p, q) => q - p)[1] * (1 - 1e-6);
    const [plain, wasm] = [
      await plainBackend.prepare(potential, verlet, start),
      await engineOn(2, potential, verlet, start),
    ];
    const careful: Watch = { interval: 5, measures: [{ measure, select: pause * 0.97, pause }] };
    const [a, b] = [await wasm.advance(1000, careful, never), await plain.advance(1000, careful, never)];
    if (a.reason !== 'uncertain' || b.reason !== 'uncertain') throw new Error(`${a.reason} ${b.reason}`);
    expect(a.step).toBeGreaterThan(0);
    expect([a.step, a.state.step]).toEqual([b.step, b.state.step]);
    expect(a.frames.map((f) => [f.step, f.flagged.map((x) => x.atom)])).toEqual(
      b.frames.map((f) => [f.step, f.flagged.map((x) => x.atom)]),
    );
    const again = await engineOn(1, potential, verlet, a.state);
    await again.advance(a.step - a.state.step, unwatched, never);
    expect(again.state()).toEqual(wasm.state());
  });

  it('are infinite for an element that was never seen', async () => {
    const wasm = await engineOn(2, potential, verlet, start);
    await wasm.advance(0, watch([grade(['Al'])]), never);
    expect(wasm.checks()[0].max).toBe(Infinity);
  });
});

describe('trouble', () => {
  it('is told as on plain', async () => {
    const potential = alloy('SBessel');
    const velocities = start.velocities.slice();
    velocities[4] = 0.6;
    const engine = await engineOn(2, potential, INTEGRATORS['velocity Verlet'], { ...start, velocities });
    const stop = await engine.advance(100, unwatched, never);
    expect(stop).toMatchObject({
      reason: 'unstable',
      step: 1,
      detail: 'step 1: 1 of 22 atoms moved more than 1 Å in one step (1)',
    });
  });

  it('names a pair for which an expansion has no bond', async () => {
    const { model } = alloy('SBessel');
    const mute = learnableAce(model);
    const bonds = Float64Array.from(mute.tables.cutoffs, (r, k) => (k === 1 ? Number.NaN : r));
    const without: LearnableAce = {
      ...mute,
      model: { ...mute.model, bonds: mute.model.bonds.map((b, k) => (k === 1 ? undefined : b)) },
      tables: { ...mute.tables, cutoffs: bonds },
    };
    const wasm = kept(await wasmBackend(1).evaluator!(without));
    await expect(wasm.evaluate(crystal('B2', ['Ni', 'Al'], 2.9), ['forces'])).rejects.toThrow(/has no bond/);
  });
});
