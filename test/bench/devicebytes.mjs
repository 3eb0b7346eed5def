/**
 * Device memory that a run takes, by atom: `node test/bench/devicebytes.mjs [--atoms 1000,10000] [--ace model.yaml]… [--json file]`, after
 * `npm run build`. Needs no graphics processor: limits are those of a large card, or of a smaller one by --binding (MiB an array).
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const { CARD, deviceBytes } = await from('src/backend/webgpu/memory');
const { crystal } = await from('src/core/prototypes');
const { supercell } = await from('src/core/structure');
const { potentials } = await from('potentials/registry');
const { integrators } = await from('integrators/registry');

const { values: options } = parseArgs({
  options: {
    atoms: { type: 'string', default: '1e3,1e4,1e5,1e6,1e7' },
    ace: { type: 'string', multiple: true, default: [] },
    binding: { type: 'string' },
    json: { type: 'string' },
  },
});
const potential = (o) => potentials.create(potentials.schema.parse(o));
const verlet = integrators.create(integrators.schema.parse({ kind: 'velocityVerlet', timestep: '1 fs' }));
const cases = [
  ['LJ', 'Ar', 5.35, potential({ kind: 'lennardJones', set: 'argon' })],
  ['EAM', 'Cu', 3.615, potential({ kind: 'eam', set: 'zhou', elements: ['Cu'] })],
  ...options.ace.map((file) => {
    const ace = potential({ kind: 'ace', file });
    return [basename(file), ace.elements[0], 3.64, ace];
  }),
];
const bytes = options.binding ? 2 ** 20 * Number(options.binding) : undefined;
const card = bytes
  ? { ...CARD, limits: { ...CARD.limits, maxStorageBufferBindingSize: bytes, maxBufferSize: bytes } }
  : CARD;

const rows = [];
for (const [name, element, a, model] of cases)
  for (const atoms of options.atoms.split(',').map(Number)) {
    const repeat = Math.max(3, Math.round(Math.cbrt(atoms / 4)));
    const s = supercell(crystal('fcc', [element], a), [repeat, repeat, repeat]);
    const n = s.species.length;
    const total = deviceBytes(card, model, verlet, s);
    rows.push({
      potential: name,
      atoms: n,
      'bytes an atom': Math.round(total / n),
      GiB: Number((total / 2 ** 30).toPrecision(3)),
    });
  }
console.table(rows);
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
