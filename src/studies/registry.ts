import { registry } from '../core/registry.ts';
import { accuracy } from './accuracy.ts';
import { elasticCoverage } from './elasticCoverage.ts';
import { ensembles } from './ensembles.ts';
import { entropyGuided } from './entropy.ts';
import { grades } from './grades.ts';
import { information } from './information.ts';
import { selection } from './selection.ts';
import { strength } from './strength.ts';
import type { Study } from './study.ts';
import { tungsten } from './tungsten.ts';

export const studies = registry<Study>('study', [
  accuracy,
  entropyGuided,
  selection,
  information,
  strength,
  grades,
  tungsten,
  ensembles,
  elasticCoverage,
]);
