import { z } from 'zod';
import { inverse3, multiply3 } from '../src/core/cell.ts';
import { UserError } from '../src/core/errors.ts';
import { positive, quantity } from '../src/core/quantity.ts';
import { entry } from '../src/core/registry.ts';
import { thermostatted } from './barostats.ts';
import { barostat, common, pressure, temperature, thermostat } from './options.ts';
import { constant, type Schedule, schedule, valueAt } from './schedule.ts';
import type { CellRescale, Deform, Integrator, SubStep } from './substeps.ts';
import type { System } from './system.ts';
import { verletSteps } from './velocityVerlet.ts';
import type { WorkLedger } from './work.ts';

/**
 * cell(t) = cell(0)·F(t), F = 1 + strain as a lower triangle, so that shear xy moves b along x. Per step the box is
 * strained by F(t)⁻¹F(t+Δt), a function of time alone. Velocities are peculiar and change by v·F⁻¹ (SLLOD):
 * Newton's equations with the flow imposed at the boundary. Evans and Morriss, Phys. Rev. A 30, 1528 (1984).
 * Kept velocities leave out the work of the flow on them, as codes do that only move positions with the box.
 */
export function deform(s: Deform, { timestep }: Integrator, system: System, work: WorkLedger): () => void {
  const [from, to, f, inverse, x] = Array.from({ length: 5 }, () => new Float64Array(9));
  return () => {
    inverse3(gradient(s.strain, system.step * timestep, x), from);
    multiply3(from, gradient(s.strain, (system.step + 1) * timestep, to), f);
    for (let k = 0; k < 9; k++) x[k] = f[k] - (k % 4 === 0 ? 1 : 0);
    work.strain(x, f, s.velocities === 'kept' ? IDENTITY : inverse3(f, inverse));
  };
}

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Where Voigt xx yy zz yz xz xy sit in the lower triangle. */
const LOWER = [0, 4, 8, 7, 6, 3];

function gradient(strain: readonly Schedule[], time: number, out: Float64Array): Float64Array {
  out.fill(0);
  for (let k = 0; k < 6; k++) out[LOWER[k]] = valueAt(strain[k], time) + (k < 3 ? 1 : 0);
  return out;
}

/** One second in fs: longer than any run, so a rate never ends. */
const FOREVER = 1e15;

/** To `amplitude` and to its opposite and back, `cycles` times, at a constant rate. */
const cycle = z
  .strictObject({
    amplitude: z.number().gt(-1).lt(1),
    period: positive('time'),
    cycles: z.int().positive(),
  })
  .transform(({ amplitude, period, cycles }): Schedule => {
    const turns = Array.from({ length: 2 * cycles }, (_, k) => k);
    return {
      times: [0, ...turns.map((k) => (k / 2 + 1 / 4) * period), cycles * period],
      values: [0, ...turns.map((k) => (k % 2 === 0 ? amplitude : -amplitude)), 0],
    };
  });

const path = z.union(
  [
    schedule(z.number().gt(-1)),
    cycle,
    z
      .strictObject({ rate: quantity('rate') })
      .transform(({ rate }): Schedule => ({ times: [0, FOREVER], values: [0, rate * FOREVER] })),
  ],
  {
    error:
      'must be a strain such as 0.1, {from, to, over}, a list of {at, value}, {amplitude, period, cycles}, or {rate: 1 1/ns}',
  },
);

const VOIGT = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'] as const;

const schema = z.object({
  ...common,
  strain: z
    .partialRecord(z.enum(VOIGT), path)
    .refine((s) => Object.keys(s).length > 0, { message: `must name at least one of: ${VOIGT.join(', ')}` }),
  velocities: z
    .enum(['strained', 'kept'])
    .default('strained')
    .meta({ description: 'whether they feel the flow of the box, v·F⁻¹ for r·F' }),
  temperature: temperature.optional(),
  ...thermostat,
  /** Lateral pressure on the axes that no normal strain drives; needs a temperature. */
  pressure: pressure.optional(),
  ...barostat,
});

export const deformation = entry<Integrator, typeof schema>({
  kind: 'deform',
  schema,
  create(o) {
    if (o.pressure && !o.temperature)
      throw new UserError(
        'integrator deform: got a pressure and no temperature, must have both, for the cell fluctuates with it; add temperature',
      );
    const box: SubStep[] = [
      { kind: 'deform', strain: VOIGT.map((k) => o.strain[k] ?? constant(0)), velocities: o.velocities },
    ];
    if (o.pressure && o.temperature) box.push(lateral(o, o.pressure, o.temperature));
    const rest = o.temperature
      ? thermostatted(o.thermostat, o.temperature, o.relaxation, box)
      : { substeps: verletSteps(box), conservesMomentum: true };
    return { kind: 'deform', timestep: o.timestep, seed: o.seed, ...rest };
  },
});

function lateral(o: z.output<typeof schema>, pressure: Schedule, temperature: Schedule): CellRescale {
  return {
    kind: 'cellRescale',
    freedom: 'anisotropic',
    axes: [!o.strain.xx, !o.strain.yy, !o.strain.zz],
    pressure,
    temperature,
    relaxation: o.cellRelaxation,
    bulkModulus: o.bulkModulus,
  };
}
