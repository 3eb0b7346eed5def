import { blankEvaluation, type Potential } from '../../src/core/potential.ts';
import { atomCount } from '../../src/core/structure.ts';
import { mapElements } from '../singlePotential.ts';
import { embed } from './embedding.ts';
import { gather } from './gather.ts';
import type { AceEmbedding, AceModel } from './model.ts';
import { backpropagate, density, expandNeighbours, multiply, pairGradient, project } from './site.ts';
import { createSite, type Site } from './siteArrays.ts';
import { type Switch, switchRule } from './switching.ts';
import type { AceTables } from './tables.ts';

/** Coefficients as weights of the terms, and the energies of free atoms. */
export interface AceWeights {
  /** [centre][density][terms]. */
  readonly densities: readonly (readonly Float64Array[])[];
  /** Linear members, [member][centre][terms]; empty for a single potential, which is its own only member. */
  readonly members: readonly (readonly Float64Array[])[];
  /** eV per element. */
  readonly e0: ArrayLike<number>;
}

/** Assembles energies, forces and the rest over all atoms. Scratch is shared between calls: not re-entrant. */
export function aceEvaluate(
  model: AceModel,
  tables: AceTables,
  weights: AceWeights,
  shape: Pick<Potential, 'members' | 'projectionWidth'>,
): Potential['evaluate'] {
  const site = createSite(tables);
  const energy = centreEnergy(model, weights);
  const gradient = pairForces(weights);
  let species = new Int32Array(0);
  return (s, list, want, out) => {
    const n = atomCount(s);
    const e = blankEvaluation(shape, n, want, out);
    if (species.length !== n) species = new Int32Array(n);
    mapElements('ace', tables.elements, s, species);
    const needsForces = want.includes('forces') || want.includes('virial');
    const ofMembers = e.memberForces.length > 0 || e.memberVirials.length > 0;
    const single = weights.members.length === 0;
    for (let i = 0; i < n; i++) {
      gather(site, s, list, i, species);
      expandNeighbours(site);
      multiply(site);
      if (e.projections.length > 0) project(site, e.projections, i * e.projectionWidth);
      const state = energy(site);
      e.energies[i] = state.energy;
      e.energy += state.energy;
      if (needsForces) addForces(site, i, gradient(site, state), state, e.forces, 0, e.virial);
      if (single && ofMembers)
        addForces(site, i, gradient(site, state), state, e.memberForces, 0, e.memberVirials);
      weights.members.forEach((member, m) => {
        const w = member[site.centre];
        if (e.memberEnergies.length > 0)
          e.memberEnergies[m * n + i] = density(site, w) + state.core + weights.e0[site.centre];
        if (ofMembers)
          addForces(site, i, w, state, e.memberForces, 3 * n * m, e.memberVirials.subarray(9 * m, 9 * m + 9));
      });
    }
    // A single potential asked for members is its own.
    if (single && e.memberEnergies.length > 0) e.memberEnergies.set(e.energies);
    return e;
  };
}

/** A centre's energy and what its forces need: slopes ∂E/∂ρ_p, ∂E/∂core and the switch. */
interface CentreState extends Switch {
  energy: number;
  core: number;
  F: number;
  byCoreEnergy: number;
  readonly slopes: Float64Array;
}

function centreEnergy(model: AceModel, weights: AceWeights): (site: Site) => CentreState {
  const rule = switchRule(model);
  const densities = Math.max(...weights.densities.map((d) => d.length));
  const state: CentreState = {
    energy: 0,
    core: 0,
    F: 0,
    byCoreEnergy: 0,
    slopes: new Float64Array(densities),
    fcut: 1,
    coreShare: 1,
    byCore: 0,
    nearest: -1,
    byDistance: 0,
  };
  return (site) => {
    const { embedding } = model.centres[site.centre];
    state.core = 0;
    for (let j = 0; j < site.count; j++) state.core += site.v[j];
    state.F = embedDensities(site, embedding, weights.densities[site.centre], state.slopes);
    rule(site, state.core, embedding, state);
    const { fcut, coreShare, core, F } = state;
    state.energy = fcut * F + coreShare * core + weights.e0[site.centre];
    state.byCoreEnergy = coreShare + F * state.byCore;
    for (let p = 0; p < state.slopes.length; p++) state.slopes[p] *= fcut;
    return state;
  };
}

const pair = new Float64Array(2);

/** F = Σ w f(ρ); ∂F/∂ρ_p into `slopes`. */
function embedDensities(
  site: Site,
  { form, prefactors, exponents }: AceEmbedding,
  weights: readonly Float64Array[],
  slopes: Float64Array,
): number {
  let F = 0;
  for (let p = 0; p < weights.length; p++) {
    embed(form, density(site, weights[p]), exponents[p], pair);
    F += prefactors[p] * pair[0];
    slopes[p] = prefactors[p] * pair[1];
  }
  return F;
}

/** Term weights of ∂E/∂term = Σ_p slope_p w_p. */
function pairForces(weights: AceWeights): (site: Site, state: CentreState) => Float64Array {
  const combined = weights.densities.map((d) => new Float64Array(d[0].length));
  return ({ centre }, { slopes }) => {
    const out = combined[centre];
    out.fill(0);
    weights.densities[centre].forEach((w, p) => {
      for (let t = 0; t < out.length; t++) out[t] += slopes[p] * w[t];
    });
    return out;
  };
}

const f = new Float64Array(3);

/** Forces of one centre's energy on itself and its neighbours, from `at` on in `forces`; empty arrays are left alone. */
function addForces(
  site: Site,
  i: number,
  weights: Float64Array,
  state: CentreState,
  forces: Float64Array,
  at: number,
  virial: Float64Array,
): void {
  backpropagate(site, weights);
  const { u, r, dv, atom } = site;
  for (let j = 0; j < site.count; j++) {
    pairGradient(site, j, f);
    let along = state.byCoreEnergy * dv[j];
    if (j === state.nearest) along += (state.F - state.core) * state.byDistance;
    for (let x = 0; x < 3; x++) f[x] += along * u[3 * j + x];
    if (forces.length > 0)
      for (let x = 0; x < 3; x++) {
        forces[at + 3 * i + x] += f[x];
        forces[at + 3 * atom[j] + x] -= f[x];
      }
    if (virial.length > 0)
      for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) virial[3 * a + b] -= r[j] * u[3 * j + a] * f[b];
  }
}
