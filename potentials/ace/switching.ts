/**
 * How the expansion is switched off where core repulsion rules: E = fcut · F + (share of the core).
 *
 *   distance, density: fcut falls from 1 to 0 as ρ_core rises from ρ_cut − Δ to ρ_cut; the core counts in full
 *   zbl:               fcut follows the nearest neighbour, 1 from r_in on, 0 below r_in − delta_in; the core counts 1 − fcut
 */
import type { AceEmbedding, AceModel } from './model.ts';
import { smoothStep } from './radial.ts';
import type { Site } from './siteArrays.ts';

export interface Switch {
  fcut: number;
  /** What the core energy counts. */
  coreShare: number;
  /** ∂fcut/∂ρ_core (distance, density). */
  byCore: number;
  /** Neighbour that controls fcut (zbl), −1 for none, and ∂fcut/∂r of it. */
  nearest: number;
  byDistance: number;
}

export type SwitchRule = (site: Site, core: number, embedding: AceEmbedding, out: Switch) => void;

const step = new Float64Array(2);

/** The rule of a model; a ZBL baseline lies under the expansion and never switches it. */
export function switchRule(model: AceModel): SwitchRule {
  if (model.baseline) return on;
  return model.bonds.some((b) => b?.innerCutoff === 'zbl') ? byNearest(model) : byCoreDensity;
}

const on: SwitchRule = (_site, _core, _embedding, out) => {
  out.fcut = 1;
  out.coreShare = 1;
  out.byCore = 0;
  out.nearest = -1;
};

const byCoreDensity: SwitchRule = (_, core, { coreCutoff, coreWidth }, out) => {
  out.coreShare = 1;
  out.byCore = 0;
  out.nearest = -1;
  // This order matters for a cutoff of 0, where the expansion is off altogether.
  if (core >= coreCutoff) out.fcut = 0;
  else if (core <= coreCutoff - coreWidth) out.fcut = 1;
  else {
    smoothStep(core, coreCutoff, coreWidth, step);
    out.fcut = step[0];
    out.byCore = step[1];
  }
};

function byNearest(model: AceModel): SwitchRule {
  const S = model.elements.length;
  const reach = Math.max(...model.bonds.map((b) => b?.cutoff ?? 0));
  return (site, _core, _embedding, out) => {
    out.fcut = 1;
    out.coreShare = 0;
    out.byCore = 0;
    out.nearest = -1;
    let least = reach;
    for (let j = 0; j < site.count; j++) {
      const { rIn, deltaIn } = model.bonds[site.centre * S + site.species[j]]!;
      const d = site.r[j] - (rIn - deltaIn);
      if (d >= least) continue;
      least = d;
      out.nearest = j;
    }
    if (out.nearest < 0) return;
    const { deltaIn } = model.bonds[site.centre * S + site.species[out.nearest]]!;
    smoothStep(deltaIn - least, deltaIn, deltaIn, step);
    out.fcut = step[0];
    out.coreShare = 1 - step[0];
    out.byDistance = -step[1];
  };
}
