import { integrators } from '../../../integrators/registry.ts';
import type { RunConfig } from '../../config/schema.ts';
import { UserError } from '../../core/errors.ts';
import { writeNumber } from '../../io/number.ts';
import { backendOf, startState } from '../assemble.ts';
import { referencePotential } from '../validation/reference.ts';
import { CURVE_COLUMNS, type CurvePoint, curveRow } from './curve.ts';
import { strainingOf } from './straining.ts';

/** Seed of the first reference run; the others follow. */
const SEED = 2000;

/** The run's own strain path, driven by the reference from other velocities and with other noise: a curve a run. */
export async function referenceCurves(config: RunConfig, signal: AbortSignal): Promise<CurvePoint[][]> {
  const truth = referencePotential(config);
  // Without dynamics there is nothing random.
  const runs = config.strain!.relax ? 1 : config.strain!.reference;
  const curves: CurvePoint[][] = [];
  for (let k = 0; k < runs; k++) {
    const integrator = integrators.create({ ...config.md.integrator, ...{ seed: SEED + k } });
    const start = startState(config, integrator);
    const backend = backendOf(config);
    const straining = strainingOf(config.strain, integrator, start.structure.cell, backend)!;
    const sampler = await straining.sampler(truth);
    const engine = await backend.prepare(truth, integrator, start);
    const curve: CurvePoint[] = [];
    for (;;) {
      curve.push(await sampler.point(engine.state(), engine.observe()));
      const { step } = engine.observe();
      if (step >= config.md.steps) break;
      const every = Math.min(straining.every, config.md.steps - step);
      const stop = await engine.advance(every, { interval: 1, measures: [] }, signal);
      if (stop.reason === 'aborted') return curves;
      if (stop.reason === 'unstable')
        throw new UserError(`strain.reference: ${stop.detail}; shorten md.integrator.timestep`, 4);
    }
    engine.dispose();
    sampler.dispose();
    curves.push(curve);
  }
  return curves;
}

/** As strain.csv, the number of the run first. */
export function formatReferenceCurves(curves: readonly (readonly CurvePoint[])[]): string {
  const rows = curves.flatMap((curve, k) => curve.map((point) => [k + 1, ...curveRow(point)]));
  return [['run', ...CURVE_COLUMNS].join(','), ...rows.map((row) => row.map(writeNumber).join(',')), ''].join(
    '\n',
  );
}
