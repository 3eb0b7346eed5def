/**
 * Throughput of the reference expansions against native code: `npm run build`, then `node test/bench/throughput.mjs [--json out.json]`.
 * The yardstick, LAMMPS' EAM copper on one core, is timed in turn with everything else; native ML-PACE is 196 times slower than it
 * on Cu-PBE and 46.5 times on Cu-I (one core, medians, both measured beside each other).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readPotentialFile } from '../../dist/potentials/ace/potentialFile.js';
import { eam } from '../../dist/potentials/eam/eam.js';
import { bench } from '../../dist/src/bench/bench.js';
import { benchTable } from '../../dist/src/bench/table.js';
import { lammpsRate } from '../../dist/src/bench/yardstick.js';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const shared = new URL('../../../shared/', import.meta.url);
if (!existsSync(shared)) {
  console.log('nothing to do: the reference potentials (../shared/reference/ace) are not here');
  process.exit(process.env.CI ? 1 : 0);
}
const LAMMPS = process.env.LAMMPS_POTENTIALS ?? '/usr/share/lammps/potentials';
const yardstick = () => lammpsRate(fileURLToPath(new URL('bench/eam-yardstick.in', shared)), LAMMPS);
const ace = (name) => {
  const text = readFileSync(new URL(`reference/ace/${name}.yaml`, shared), 'utf8');
  return readPotentialFile(text, `${name}.yaml`);
};
const copper = (a, repeat) => ({ prototype: 'fcc', elements: ['Cu'], a, repeat });
const CASES = [
  { name: 'Cu-PBE', potential: ace('Cu.pbe.in'), workload: copper(3.6353, 5), steps: 20, native: 196 },
  { name: 'Cu-I', potential: ace('Cu-I'), workload: copper(3.6353, 6), steps: 40, native: 46.5 },
  {
    name: 'EAM (Mishin)',
    potential: eam.create({ file: `${LAMMPS}/Cu_mishin1.eam.alloy` }),
    workload: copper(3.615, 10),
    steps: 40,
    native: 1,
  },
];

const out = {};
for (const { name, native, ...o } of CASES) {
  const result = await bench({ ...o, threads: [1, 2], repeats: 5, intervals: [1, 10, 100], yardstick });
  out[name] = { ...result, native };
  console.log(`${benchTable(name, result, native)}\n`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(out, null, 2)}\n`);
else console.log(JSON.stringify(out));
