/** The same verbs as the command line, as a typed API. */
export { integrators } from '../integrators/registry.ts';
export { acePotential, learnableAce } from '../potentials/ace/ace.ts';
export { aceRequestSchema, createAce } from '../potentials/ace/createAce.ts';
export type { DesignRows, LearnablePotential, Parameters } from '../potentials/learnable.ts';
export { potentials } from '../potentials/registry.ts';
export { centroSymmetry } from './analysis/centroSymmetry.ts';
export { selfDiffusion, squareDisplacements } from './analysis/displacement.ts';
export { countStructures, LOCAL_STRUCTURES, localStructure } from './analysis/localStructure.ts';
export { firstShell, pairDistribution } from './analysis/pairDistribution.ts';
export type { Backend, Engine, Observables, Stop, Watch } from './backend/backend.ts';
export { backends } from './backend/registry.ts';
export type { Bias, BiasTerm } from './bias/bias.ts';
export { biases } from './bias/registry.ts';
export { calculators } from './calculators/registry.ts';
export { executeCampaign } from './campaign/execute.ts';
export { prepareCampaign } from './campaign/prepare.ts';
export { campaignSchema } from './campaign/schema.ts';
export { farthestPoint } from './cluster/farthestPoint.ts';
export { kMeans } from './cluster/kMeans.ts';
export { type Rows, rowsOf } from './cluster/rows.ts';
export { rowsFile } from './cluster/rowsFile.ts';
export { readConfig } from './config/load.ts';
export { fitSchema, mdSchema, runSchema } from './config/schema.ts';
export { UserError } from './core/errors.ts';
export { poissonInterval } from './core/interval.ts';
export type { MdState } from './core/mdState.ts';
export { buildNeighbours } from './core/neighbours.ts';
export type { Evaluation, Potential, Quantity } from './core/potential.ts';
export { buildPrototype, crystal } from './core/prototypes.ts';
export { type Structure, structureFrom, supercell } from './core/structure.ts';
export { maxwellBoltzmann } from './core/velocities.ts';
export { accelerations } from './events/acceleration.ts';
export { type Arrhenius, type Exposure, fitArrhenius } from './events/arrhenius.ts';
export {
  barriersOf,
  barriersOf,
  pathEnergies,
  pathEnergies,
  referencePoint,
  referencePoint,
} from './events/barrier.ts';
export { type EventClass, eventClasses } from './events/classes.ts';
export { createDetector, type Detector } from './events/detector.ts';
export { type Fingerprint, fingerprint } from './events/fingerprint.ts';
export { likeness, sameClass } from './events/likeness.ts';
export { detectionSchema } from './events/options.ts';
export { type Basins, parallelReplica, replicaEngine } from './events/parallelReplica.ts';
export { cutRegion, pasteRegion, regionAround } from './events/region.ts';
export { titleOf } from './events/title.ts';
export type { Transition } from './events/transition.ts';
export { extractCandidates } from './extract/extract.ts';
export { readXyz } from './io/extxyz.ts';
export { readStructureFile } from './io/readStructureFile.ts';
export { writeXyz } from './io/writeXyz.ts';
export { errorsOn } from './learn/errors.ts';
export { maxvolRows } from './learn/maxvolRows.ts';
export { createTrainer, type Trainer, type Training } from './learn/trainer.ts';
export { attemptFrequency } from './properties/attempt.ts';
export { nudgedElasticBand } from './properties/band.ts';
export { lowestCurvatures } from './properties/curvatures.ts';
export { surfaceEnergy, vacancyEnergy } from './properties/defects.ts';
export { refineSaddle } from './properties/dimer.ts';
export { type Elastic, elasticTensor } from './properties/elasticTensor.ts';
export { crystalElastic, elasticEntropy, ensembleElastic } from './properties/ensembleElastic.ts';
export { equationOfState } from './properties/equationOfState.ts';
export { memberPotentials, plainly } from './properties/evaluates.ts';
export { INTERSTITIALS, interstitialEnergy } from './properties/interstitials.ts';
export { memberStresses } from './properties/memberStress.ts';
export { type MinimumEnergyPath, minimumEnergyPath } from './properties/minimumEnergyPath.ts';
export { moduli, youngsModulus } from './properties/moduli.ts';
export { forceConstants, phononFrequencies } from './properties/phonons.ts';
export { quasiHarmonic, vibratingVolumes } from './properties/quasiHarmonic.ts';
export { type Relaxation, relax } from './properties/relax.ts';
export { soundVelocities } from './properties/soundVelocities.ts';
export { stackingFaultCurve } from './properties/stackingFault.ts';
export { symmetryOf } from './properties/symmetry.ts';
export { thermalElastic } from './properties/thermalElastic.ts';
export { findYield } from './properties/yield.ts';
export { writeReport } from './report/writeReport.ts';
export { createRunDirectory, openRunDirectory } from './run/directory.ts';
export type { RunEvent } from './run/events.ts';
export { executeRun } from './run/execute.ts';
export { onTheFly } from './run/onTheFly.ts';
export { measures } from './uncertainty/registry.ts';
