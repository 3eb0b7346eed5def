import type { DesignRows, LearnablePotential, Parameters } from '../../potentials/learnable.ts';

/**
 * A potential that learns on from its coefficients c₀: what is fitted is δ = c − c₀, so that the prior draws towards c₀
 * where no data speak, and not towards zero. `withParameters` takes δ and gives the potential with c₀ + δ.
 */
export function learningOn<P extends LearnablePotential & { withParameters(parameters: Parameters): P }>(
  start: P,
): P {
  const c0 = start.parameters.mean;
  const raised = (delta: Float64Array) => delta.map((d, v) => c0[v] + d);
  return {
    ...start,
    rows: (s, neighbours, crew) => overStart(start.rows(s, neighbours, crew), c0),
    withParameters: ({ e0, mean, members }) =>
      start.withParameters({ e0, mean: raised(mean), members: members.map(raised) }),
  };
}

/** What c₀ says of a structure belongs to what the model adds whatever δ is. */
function overStart({ energy, forces, strain, baseline }: DesignRows, c0: Float64Array): DesignRows {
  const added = (rows: Float64Array, to: Float64Array) =>
    to.map((x, k) => {
      let sum = x;
      for (let v = 0; v < c0.length; v++) sum += rows[k * c0.length + v] * c0[v];
      return sum;
    });
  const [total] = added(energy, Float64Array.of(baseline.energy));
  return {
    energy,
    forces,
    strain,
    baseline: {
      energy: total,
      forces: added(forces, baseline.forces),
      strain: added(strain, baseline.strain),
    },
  };
}
