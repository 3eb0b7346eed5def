import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { volume } from '../core/cell.ts';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import { atomCount, type Periodic, type Structure } from '../core/structure.ts';
import { GPA } from '../core/units.ts';
import { readNumber, words } from '../io/number.ts';
import { type RestrictedFrame, turnBack, turnTensorBack } from '../io/restrictedCell.ts';
import { formatLammpsData } from '../io/writeLammpsData.ts';
import type { Job, Label } from './calculator.ts';
import type { MakeCalculator } from './factory.ts';
import { calculationFailed } from './failure.ts';
import { fingerprint, withFiles } from './fingerprint.ts';
import { runProgram } from './runProgram.ts';

const schema = z.object({
  commands: z.array(z.string().min(1)).min(1).meta({
    description:
      'pair_style, pair_coeff and the like; {elements} stands for the elements in the order of types, a word that names a file for its full path',
  }),
  units: z.enum(['metal', 'real']).default('metal'),
  style: z.enum(['atomic', 'charge']).default('atomic').meta({ description: 'atom style' }),
  elements: z
    .array(z.string())
    .optional()
    .meta({ description: 'element of every atom type; default: those of the run' }),
  program: z.string().default('lmp').meta({ description: 'name or path of the LAMMPS executable' }),
});
type Options = z.output<typeof schema>;

/** eV of one unit of energy, eV/Å³ of one unit of pressure. */
const UNITS = {
  metal: { energy: 1, pressure: 1e-4 / GPA },
  real: { energy: 4184 / 96485.33212331, pressure: 1.01325e-4 / GPA },
} as const;

const REMEDY = 'install LAMMPS (apt install lammps, or conda install lammps) or set `program` to its path';

/** A potential of LAMMPS as the reference. */
export const lammps = entry<MakeCalculator, typeof schema>({
  kind: 'lammps',
  schema,
  create: (options) => (context) => {
    const folders = [context.folder, ...(process.env.LAMMPS_POTENTIALS?.split(':') ?? [])];
    const elements = options.elements ?? context.elements;
    return {
      kind: 'lammps',
      elements,
      fingerprint: fingerprint('lammps', { ...options, program: undefined, elements }, folders),
      async label(s, job) {
        const stranger = s.elements.find((e, k) => s.species.includes(k) && !elements.includes(e));
        if (stranger !== undefined)
          throw new UserError(
            `label.calculator.elements: got ${elements.join(' ')}, must name ${stranger} too; add it in the order of types`,
          );
        const { text, frame } = formatLammpsData(s, elements, options.style);
        writeFileSync(join(job.directory, 'structure.data'), text);
        writeFileSync(join(job.directory, 'in.lammps'), script(options, s.periodic, elements, folders));
        const argv = [options.program, '-in', 'in.lammps', '-log', 'log.lammps', '-nocite'];
        await runProgram(argv, job, REMEDY);
        return readAnswer(s, frame, UNITS[options.units], job);
      },
    };
  },
});

function script(
  { units, style, commands }: Options,
  periodic: Periodic,
  elements: readonly string[],
  folders: readonly string[],
): string {
  const lines = commands
    .flatMap((c) => c.split('\n'))
    .map((line) => withFiles(line.replaceAll('{elements}', elements.join(' ')), folders, quoted));
  const results = ['pe', 'vol', 'pxx', 'pxy', 'pxz', 'pyy', 'pyz', 'pzz'];
  return [
    `units ${units}`,
    `atom_style ${style}`,
    `boundary ${periodic.map((p) => (p ? 'p' : 'f')).join(' ')}`,
    'box tilt large',
    'read_data structure.data',
    ...lines,
    `thermo_style custom step ${results.join(' ')}`,
    'run 0',
    `print "${results.map((name) => `$(${name}:%.17g)`).join(' ')}" file result.txt`,
    'write_dump all custom forces.txt id fx fy fz modify sort id format float %.17g',
    '',
  ].join('\n');
}

/** A path as one word of an input script. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function readAnswer(
  s: Structure,
  { rotation }: RestrictedFrame,
  unit: { readonly energy: number; readonly pressure: number },
  job: Job,
): Label {
  const numbers = (name: string, skip: number) => {
    const path = join(job.directory, name);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return words(text.split('\n').slice(skip).join('\n')).map((w) => readNumber(w) ?? Number.NaN);
  };
  const results = numbers('result.txt', 0);
  const dump = numbers('forces.txt', 9);
  if (
    results.length !== 8 ||
    dump.length !== 4 * atomCount(s) ||
    dump.some((id, k) => k % 4 === 0 && id !== k / 4 + 1)
  )
    throw calculationFailed('LAMMPS left no complete answer', job.directory);
  const [energy, boxVolume, xx, xy, xz, yy, yz, zz] = results;
  const forces = turnBack(
    dump.filter((_, k) => k % 4 !== 0).map((f) => f * unit.energy),
    rotation,
  );
  if (!s.periodic.every((p) => p)) return { energy: energy * unit.energy, forces };
  const scale = -(unit.pressure * boxVolume) / volume(s.cell);
  const t = turnTensorBack([xx, xy, xz, xy, yy, yz, xz, yz, zz], rotation);
  const stress = Float64Array.from([0, 4, 8, 5, 2, 1], (k) => t[k] * scale);
  return { energy: energy * unit.energy, forces, stress };
}
