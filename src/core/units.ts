/**
 * Units inside: Å, eV, fs, u, K. Constants are CODATA 2018.
 * Everything that converts to or from other units lives here, in `io`, `config` or `calculators`.
 */

/** Boltzmann constant, eV/K. */
export const BOLTZMANN = 8.617333262e-5;

/** ħ, eV·fs. */
export const HBAR = 0.6582119569;

/** Acceleration in Å/fs² of 1 u under 1 eV/Å. */
export const ACCELERATION = 9.64853321233e-3;

/** Kinetic energy in eV of 1 u at 1 Å/fs. */
export const MASS_VELOCITY_SQUARED = 1 / ACCELERATION;

/** Pressure in GPa of 1 eV/Å³. */
export const GPA = 160.2176634;

/** e²/(4πε₀), eV·Å. */
export const COULOMB = 14.399645478425668;

/** The kinds of physical quantity a config value may carry, each with its units' size in internal units. */
export const UNITS = {
  time: { fs: 1, ps: 1e3, ns: 1e6, s: 1e15 },
  length: { Å: 1, A: 1, angstrom: 1, nm: 10, bohr: 0.529177210903 },
  energy: { eV: 1, meV: 1e-3, Ry: 13.605693122994, Ha: 27.211386245988, 'kJ/mol': 0.01036426965 },
  energyPerAtom: { 'eV/atom': 1, 'meV/atom': 1e-3 },
  force: { 'eV/Å': 1, 'eV/A': 1, 'meV/Å': 1e-3, 'meV/A': 1e-3 },
  temperature: { K: 1 },
  pressure: { GPa: 1 / GPA, MPa: 1e-3 / GPA, kbar: 0.1 / GPA, bar: 1e-4 / GPA, 'eV/Å³': 1, 'eV/A^3': 1 },
  rate: { '1/fs': 1, '1/ps': 1e-3, '1/ns': 1e-6, '1/s': 1e-15 },
  mass: { u: 1 },
  /** Of a clock, in seconds. */
  wallTime: { s: 1, min: 60, h: 3600, d: 86400 },
} as const satisfies Record<string, Record<string, number>>;

export type Dimension = keyof typeof UNITS;
