import { describe, expect, it } from 'vitest';
import { activeSetKind, readActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { fullProjections } from '../../potentials/ace/projections.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Evaluation } from '../../src/core/potential.ts';
import {
  haveReference,
  type ReferenceConfig,
  referenceBytes,
  referenceNumbers,
  referencePotential,
  structureOf,
} from './aceReference.ts';

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

const largest = (list: ArrayLike<number>) => Array.from(list).reduce((a, x) => Math.max(a, Math.abs(x)), 0);

/** The largest |ours − theirs| as a multiple of what is allowed. */
function excess(ours: ArrayLike<number>, theirs: ArrayLike<number>, allowed: (x: number) => number): number {
  let worst = 0;
  for (let k = 0; k < theirs.length; k++) {
    const ratio = Math.abs(ours[k] - theirs[k]) / allowed(theirs[k]);
    if (!(ratio <= worst)) worst = ratio;
  }
  return worst;
}

/** Energies to 1e−9 eV + 1e−10 relative, forces and virial to 1e−8 + 1e−9 of the largest, projections to 1e−10 (1 + |B|). */
function compare(e: Evaluation, c: ReferenceConfig, width: number): Record<string, number> {
  const found: Record<string, number> = {
    energies: excess(e.energies, c.energies, (E) => 1e-9 + 1e-10 * Math.abs(E)),
  };
  if (!c.warning) {
    const toLargest = (list: readonly number[]) => () => 1e-8 + 1e-9 * largest(list);
    found.forces = excess(e.forces, c.forces.flat(), toLargest(c.forces.flat()));
    found.virial = excess(
      e.virial,
      c.virial.flat().map((x) => -x),
      toLargest(c.virial.flat()),
    );
  }
  if (width > 0)
    c.atoms.forEach(({ B }, i) => {
      if (!B) return;
      const ours = e.projections.subarray(i * width, i * width + B.length);
      found[`B of atom ${i}`] = excess(ours, B, (b) => 1e-10 * (1 + Math.abs(b)));
    });
  return found;
}

describe.skipIf(!haveReference())('ACE against the reference evaluator', () => {
  it.each(FILES)('%s', (file) => {
    const { configs, elements } = referenceNumbers(file);
    const potential = referencePotential(file);
    expect(configs.length).toBeGreaterThan(10);
    for (const c of configs) {
      const s = structureOf(c, elements);
      const e = potential.evaluate(s, buildNeighbours(s, potential.cutoff + 0.3), [
        'forces',
        'virial',
        'projections',
      ]);
      const beyond = Object.entries(compare(e, c, potential.projectionWidth)).filter(
        ([, ratio]) => !(ratio <= 1),
      );
      expect(beyond, c.name).toEqual([]);
    }
  });

  it.each(FILES)('%s with tables', (file) => {
    const { configs, elements } = referenceNumbers(file);
    const potential = referencePotential(file, { tabulated: true });
    const exact = referencePotential(file);
    let effect = 0;
    for (const c of configs.filter((c) => c.tabulated)) {
      const s = structureOf(c, elements);
      const list = buildNeighbours(s, potential.cutoff);
      const e = potential.evaluate(s, list, ['forces', 'virial']);
      const found = compare(e, { ...c, ...c.tabulated, atoms: [] }, 0);
      const beyond = Object.entries(found).filter(([, ratio]) => !(ratio <= 1));
      expect(beyond, c.name).toEqual([]);
      effect = Math.max(effect, Math.abs(exact.evaluate(s, list, []).energy - e.energy));
    }
    expect(effect > 0).toBe(!file.includes('ACEjl'));
  });

  it.each(YAML)('%s has its functions in the reference order', (name) => {
    const { function_order: order, elements } = referenceNumbers(name);
    const { model } = referencePotential(`${name}.yaml`);
    elements.forEach((symbol, a) => {
      const slots = (f: { mus: readonly number[]; ns: readonly number[]; ls: readonly number[] }) =>
        f.mus.map((mu, t) => `${mu}.${f.ns[t]}.${f.ls[t]}`).sort();
      const ours = model.centres[a].functions.map((f) => [slots(f), f.lint]);
      expect(ours).toEqual(order![symbol].map((f) => [slots(f), f.LS]));
    });
  });

  it.each([
    ['Cu-I.yaml', 'Cu-I.asi', 'linear'],
    ['Cu-I.yaml', 'Cu-I.asi.nonlinear', 'full'],
    ['DFT10B-AgCu.yaml', 'DFT10B-AgCu.asi', 'linear'],
    ['syn_ZBL_AlNi.yaml', 'syn_ZBL_AlNi.asi', 'linear'],
  ])('%s with %s gives the reference extrapolation grades', (file, setFile, kind) => {
    const { configs, elements } = referenceNumbers(file);
    const potential = referencePotential(file);
    const sets = readActiveSets(referenceBytes(setFile), setFile);
    const { model } = potential;
    const sizes = model.centres.map((c, a) => ({
      symbol: elements[a],
      functions: c.functions.length,
      densities: c.embedding.prefactors.length,
    }));
    expect(activeSetKind(sets, sizes, setFile)).toBe(kind);
    let graded = 0;
    for (const c of configs) {
      const s = structureOf(c, elements);
      const e = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['projections']);
      const [gamma, noise] =
        kind === 'full' ? [c.gamma_nonlinear!, c.gamma_nonlinear_roundoff!] : [c.gamma!, c.gamma_roundoff!];
      const beyond = gamma.filter((expected, i) => {
        const a = s.species[i];
        const B = e.projections.slice(i * e.projectionWidth, i * e.projectionWidth + sizes[a].functions);
        const v =
          kind === 'full' ? fullProjections(model, a, B, new Float64Array(B.length * sizes[a].densities)) : B;
        const { size, inverse } = sets.get(elements[a])!;
        let ours = 0;
        for (let k = 0; k < size; k++) {
          let sum = 0;
          for (let f = 0; f < size; f++) sum += v[f] * inverse[f * size + k];
          ours = Math.max(ours, Math.abs(sum));
        }
        graded++;
        return !(Math.abs(ours - expected) <= Math.max(1e-9 * expected, 50 * noise[i]));
      });
      expect(beyond, c.name).toEqual([]);
    }
    expect(graded).toBeGreaterThan(50);
  });
});
