import { registry } from '../core/registry.ts';
import { command } from './command.ts';
import type { MakeCalculator } from './factory.ts';
import { lammps } from './lammps.ts';
import { potential } from './potential.ts';

export const calculators = registry<MakeCalculator>('calculator', [potential, command, lammps]);
