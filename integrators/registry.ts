import { registry } from '../src/core/registry.ts';
import { npt } from './barostats.ts';
import { velocityRescaling } from './csvr.ts';
import { deformation } from './deform.ts';
import { langevin } from './langevin.ts';
import { noseHoover } from './noseHooverChain.ts';
import type { Integrator } from './substeps.ts';
import { velocityVerlet } from './velocityVerlet.ts';

export const integrators = registry<Integrator>('integrator', [
  velocityVerlet,
  langevin,
  noseHoover,
  velocityRescaling,
  npt,
  deformation,
]);
