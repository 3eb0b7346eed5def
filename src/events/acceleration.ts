import { z } from 'zod';
import type { Integrator } from '../../integrators/substeps.ts';
import type { Backend } from '../backend/backend.ts';
import type { Potential } from '../core/potential.ts';
import { positive } from '../core/quantity.ts';
import { entry, registry } from '../core/registry.ts';
import { type Basins, parallelReplica, steadyTemperature } from './parallelReplica.ts';

/** Makes a backend whose steps cover more time. Throws a UserError for an integrator that it does not go with. */
export type Acceleration = (
  backend: Backend,
  integrator: Integrator,
  basinsUnder: (potential: Potential) => Promise<Basins>,
) => Backend;

const schema = z.object({
  replicas: z.int().min(2).meta({ description: 'in one basin at a time' }),
  decorrelation: positive('time').prefault('1 ps').meta({
    description: 'in one basin, before the time of several replicas is added up; longer than its vibrations',
  }),
  dephasing: positive('time')
    .prefault('1 ps')
    .meta({ description: 'of every new replica, before its time counts' }),
  every: z.int().positive().default(100).meta({
    description: 'steps between two looks whether a replica has left its basin',
  }),
});

const parallelReplicas = entry<Acceleration, typeof schema>({
  kind: 'parallelReplica',
  schema,
  create: (o) => (backend, integrator, basinsUnder) => {
    steadyTemperature(integrator);
    const steps = (time: number) => Math.ceil(time / integrator.timestep);
    const [decorrelation, dephasing] = [steps(o.decorrelation), steps(o.dephasing)];
    return parallelReplica(backend, basinsUnder, { ...o, decorrelation, dephasing });
  },
});

/** How more time is covered than one trajectory does. */
export const accelerations = registry<Acceleration>('acceleration', [parallelReplicas]);
