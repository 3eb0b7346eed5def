import { heights } from '../core/cell.ts';
import { type Plane, slab } from '../core/surfaces.ts';
import { GPA } from '../core/units.ts';
import { type CoexistenceOptions, meltingPoint } from './coexistence.ts';
import { surfaceEnergy, vacancyEnergy } from './defects.ts';
import { elasticTensor } from './elasticTensor.ts';
import { equationOfState } from './equationOfState.ts';
import { INTERSTITIALS, interstitialEnergy } from './interstitials.ts';
import { allowedTensors, independentConstants } from './mandel.ts';
import { failed, found, type Outcome, outcomeOf } from './outcome.ts';
import { forceConstants } from './phonons.ts';
import { type QuasiHarmonic, quasiHarmonic, vibratingVolumes } from './quasiHarmonic.ts';
import { stackingFaultCurve } from './stackingFault.ts';
import { cohesiveEnergy, type Subject } from './subject.ts';
import { bandsAlong, frequenciesAt, type Points, pathThrough, WAVEVECTORS } from './wavevectors.ts';

/** One number that a crystal is known by. */
export interface Scalar {
  readonly name: string;
  readonly unit: string;
  readonly outcome: Outcome<number>;
}

/** A line of a plot; several branches share their x. */
export interface Curve {
  readonly kind: string;
  readonly x: readonly number[];
  readonly branches: readonly (readonly number[])[];
  /** Marks on the x axis by name. */
  readonly corners?: readonly { readonly name: string; readonly at: number }[];
}

export interface Measured {
  readonly scalars: readonly Scalar[];
  readonly curve?: Curve;
}

export interface SuiteOptions {
  /** Å, least height of cells with a defect and least thickness of slabs. */
  readonly size: number;
  /** Å, least height of the supercell whose force constants give the phonons. */
  readonly reach: number;
  /** Where phonons are looked at; undefined: the lattice's own. */
  readonly points?: Points | undefined;
  /** K, of expansion and heat. */
  readonly temperature: number;
  /** Between which temperatures, and how, the melting point is sought. */
  readonly melting?: CoexistenceOptions | undefined;
}

export const SUITE: SuiteOptions = { size: 10, reach: 12, temperature: 300 };

/** A group of numbers that come from one calculation. */
export interface Property {
  readonly kind: string;
  /** Measured only where it is asked for by name: it takes minutes. */
  readonly dear?: true;
  /** Why a crystal has none; undefined where it has. */
  refuses?(subject: Subject, options: SuiteOptions): string | undefined;
  measure(subject: Subject, options: SuiteOptions): Promise<Measured>;
}

/** mJ/m² of 1 eV/Å². */
export const MILLIJOULE = 100 * GPA;

const scalar = (name: string, unit: string, value: number): Scalar => ({ name, unit, outcome: found(value) });

const lattice: Property = {
  kind: 'lattice',
  async measure({ crystal: { cell } }) {
    const lengths = [0, 3, 6].map((k) => Math.hypot(cell[k], cell[k + 1], cell[k + 2]));
    const isNew = (k: number) => lengths.slice(0, k).every((l) => Math.abs(l - lengths[k]) > 1e-4 * l);
    return {
      scalars: ['a', 'b', 'c'].flatMap((name, k) => (isNew(k) ? [scalar(name, 'Å', lengths[k])] : [])),
    };
  },
};

const cohesion: Property = {
  kind: 'cohesion',
  measure: async (subject) => ({
    scalars: [scalar('cohesive energy', 'eV/atom', await cohesiveEnergy(subject))],
  }),
};

const eos: Property = {
  kind: 'eos',
  async measure({ evaluates, crystal }) {
    const outcome = await equationOfState(evaluates, crystal);
    const take = (name: string, unit: string, key: 'V0' | 'B0' | 'B0Prime') => ({
      name,
      unit,
      outcome: outcomeOf(outcome, (e) => e[key]),
    });
    const { value } = outcome;
    return {
      scalars: [take('V₀', 'Å³/atom', 'V0'), take('B₀', 'GPa', 'B0'), take('B₀′', '', 'B0Prime')],
      ...(value && {
        curve: {
          kind: 'eos',
          x: value.points.map((p) => p.volume),
          branches: [value.points.map((p) => 1e3 * (p.energy - value.E0))],
        },
      }),
    };
  },
};

const elastic: Property = {
  kind: 'elastic',
  async measure({ evaluates, primitive, symmetry }) {
    const constants = independentConstants(allowedTensors(symmetry.rotations));
    const { C, failure } = await elasticTensor(evaluates, primitive, symmetry);
    const outcome = (value: number) => (failure === undefined ? found(value) : failed(failure));
    return {
      scalars: constants.map(({ name, place }) => ({ name, unit: 'GPa', outcome: outcome(C[place]) })),
    };
  },
};

const repeats = ({ crystal }: Subject, size: number) => {
  const [a, b, c] = heights(crystal.cell).map((h) => Math.ceil(size / h - 1e-3));
  return [a, b, c] as const;
};

const refusesCompound = ({ crystal: { elements } }: Subject) =>
  elements.length > 1
    ? `of ${elements.join(' and ')} it depends on chemical potentials, which nothing here fixes`
    : undefined;

const vacancy: Property = {
  kind: 'vacancy',
  refuses: refusesCompound,
  async measure(subject, { size }) {
    const outcome = await vacancyEnergy(subject.evaluates, subject.crystal, repeats(subject, size));
    return { scalars: [{ name: 'vacancy', unit: 'eV', outcome }] };
  },
};

const interstitial: Property = {
  kind: 'interstitial',
  refuses: ({ lattice }) => (lattice ? undefined : 'known for fcc, bcc and diamond in their cubic cells'),
  async measure(subject, { size }) {
    const { evaluates, crystal, lattice } = subject;
    const scalars: Scalar[] = [];
    for (const name of Object.keys(INTERSTITIALS[lattice!])) {
      const outcome = await interstitialEnergy(evaluates, crystal, repeats(subject, size), lattice!, name);
      scalars.push({ name: `interstitial ${name}`, unit: 'eV', outcome });
    }
    return { scalars };
  },
};

const PLANES: readonly Plane[] = ['100', '110', '111'];

const surface: Property = {
  kind: 'surface',
  refuses: (subject) =>
    refusesCompound(subject) ?? (subject.cubic ? undefined : 'slabs are cut from cubic cells'),
  async measure({ evaluates, crystal }, { size }) {
    const scalars: Scalar[] = [];
    for (const plane of PLANES) {
      const outcome = await surfaceEnergy(evaluates, crystal, plane, layersOf(crystal, plane, size));
      scalars.push({
        name: `surface ${plane}`,
        unit: 'mJ/m²',
        outcome: outcomeOf(outcome, (e) => e * MILLIJOULE),
      });
    }
    return { scalars };
  },
};

/** An even number, so that slabs of bilayers have two faces of a kind. */
function layersOf(crystal: Subject['crystal'], plane: Plane, size: number): number {
  const twelve = slab(crystal, plane, [1, 1, 12], 0).cell[8];
  return 2 * Math.ceil((0.5 * size * 12) / twelve);
}

const stackingFault: Property = {
  kind: 'stackingFault',
  refuses: ({ lattice }) => (lattice === 'fcc' ? undefined : 'known for fcc in its cubic cell'),
  async measure({ evaluates, crystal }) {
    const outcome = await stackingFaultCurve(evaluates, crystal.elements[0], crystal.cell[0]);
    const { value } = outcome;
    const energy = (name: string, key: 'intrinsic' | 'unstable') => ({
      name,
      unit: 'mJ/m²',
      outcome: outcomeOf(outcome, (curve) => curve[key] * MILLIJOULE),
    });
    return {
      scalars: [energy('stacking fault', 'intrinsic'), energy('unstable stacking fault', 'unstable')],
      ...(value && {
        curve: {
          kind: 'stackingFault',
          x: value.points.map((p) => p.slip),
          branches: [value.points.map((p) => p.energy * MILLIJOULE)],
        },
      }),
    };
  },
};

function whereFor({ lattice }: Subject, { points }: SuiteOptions) {
  if (points) return { points, path: pathThrough(points) };
  return lattice && WAVEVECTORS[lattice];
}

const phonons: Property = {
  kind: 'phonons',
  refuses: (subject, options) =>
    whereFor(subject, options) ? undefined : 'which wavevectors? name them under points: in the config',
  async measure(subject, options) {
    const { evaluates, primitive, crystal } = subject;
    const { points, path } = whereFor(subject, options)!;
    const constants = await forceConstants(evaluates, primitive, { size: options.reach });
    const bands = bandsAlong(constants, crystal, path);
    return {
      scalars: Object.entries(points).flatMap(([name, point]) =>
        frequenciesAt(constants, crystal, point).map((f, k) => scalar(`phonon ${name} ${k + 1}`, 'THz', f)),
      ),
      curve: {
        kind: 'phonons',
        x: bands.points.map((p) => p.distance),
        branches: bands.points[0].frequencies.map((_, k) => bands.points.map((p) => p.frequencies[k])),
        corners: bands.corners.map(({ name, distance }) => ({ name, at: distance })),
      },
    };
  },
};

/** J/(mol K) of 1 k_B/atom. */
const GAS_CONSTANT = 8.314462618;

const thermal: Property = {
  kind: 'thermal',
  refuses: ({ cubic }) => (cubic ? undefined : 'quasi-harmonic expansion is known for cubic cells'),
  async measure({ evaluates, primitive, crystal }, { temperature }) {
    const volumes = await vibratingVolumes(evaluates, primitive);
    const outcome = volumes.value ? quasiHarmonic(volumes.value, temperature) : volumes;
    const at = (name: string, unit: string, of: (q: QuasiHarmonic) => number) => ({
      name: `${name} at ${temperature} K`,
      unit,
      outcome: outcomeOf(outcome, of),
    });
    return {
      scalars: [
        at('a', 'Å', (q) => crystal.cell[0] * (1 + q.strain)),
        at('expansion', '10⁻⁶/K', (q) => 1e6 * q.expansion),
        at('heat capacity', 'J/(mol K)', (q) => GAS_CONSTANT * q.heatP),
        at('bulk modulus', 'GPa', (q) => q.bulk),
      ],
    };
  },
};

const melting: Property = {
  kind: 'melting',
  dear: true,
  refuses({ lattice, dynamics }, options) {
    if (!lattice) return 'known for fcc, bcc and diamond in their cubic cells';
    if (!dynamics) return 'a calculator only evaluates';
    return options.melting
      ? undefined
      : 'between which temperatures? say melting: {low: …, high: …} in the config';
  },
  async measure({ dynamics, crystal }, options) {
    const outcome = await meltingPoint(dynamics!, crystal, options.melting!);
    return {
      scalars: [
        { name: 'melting point', unit: 'K', outcome: outcomeOf(outcome, (m) => m.temperature) },
        { name: 'half of its last bracket', unit: 'K', outcome: outcomeOf(outcome, (m) => m.bar) },
      ],
    };
  },
};

export const PROPERTIES: readonly Property[] = [
  lattice,
  cohesion,
  eos,
  elastic,
  vacancy,
  interstitial,
  surface,
  stackingFault,
  phonons,
  thermal,
  melting,
];
