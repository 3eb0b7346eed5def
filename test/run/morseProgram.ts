/**
 * A reference calculator as users write them: a program that reads extended XYZ and answers in extended XYZ. Morse copper,
 *   E = ½ Σ D (1 − e^{−a(r−r₀)})² f(r),  f = (1 − (r/5 Å)²)²   [Girifalco, Weizer, Phys. Rev. 114, 687 (1959)]
 * It notes the folder of every job it is asked to do in `calls` beside itself. What `modes` beside itself names happens
 * besides, once a line: `kill` ends the process that asked, `fail` ends without an answer, `wait` lasts until that process has ended.
 * Where there is a file `stress` beside it, it tells that too.
 */
export const MORSE_PROGRAM = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
const [input, output] = process.argv.slice(2);
const beside = (name) => join(import.meta.dirname, name);
appendFileSync(beside('calls'), basename(dirname(dirname(input))).split('-')[0] + '\\n');
const [mode, ...later] = existsSync(beside('modes')) ? readFileSync(beside('modes'), 'utf8').split('\\n') : [];
if (mode !== undefined) writeFileSync(beside('modes'), later.join('\\n'));
const asker = process.ppid;
while (mode === 'wait' && process.ppid === asker) await new Promise((resolve) => setTimeout(resolve, 20));
if (mode === 'kill') process.kill(process.ppid, 'SIGKILL');
if (mode === 'fail') {
  console.error('the licence server is down');
  process.exit(7);
}
const [count, comment, ...lines] = readFileSync(input, 'utf8').trimEnd().split('\\n');
const h = /Lattice="([^"]*)"/.exec(comment)[1].split(' ').map(Number);
const r = lines.map((line) => line.trim().split(/\\s+/).slice(1, 4).map(Number));
const [D, A, R0, RC] = [0.3429, 1.3588, 2.866, 5];
const cross = (k, l) => [1, 2, 0].map((x, m) => h[k + x] * h[l + [2, 0, 1][m]] - h[k + [2, 0, 1][m]] * h[l + x]);
const V = Math.abs(cross(3, 6).reduce((sum, x, m) => sum + x * h[m], 0));
const reach = [cross(3, 6), cross(6, 0), cross(0, 3)].map((n) => Math.ceil((RC * Math.hypot(...n)) / V));
const stress = new Array(9).fill(0);
let energy = 0;
const forces = r.map(() => [0, 0, 0]);
for (let i = 0; i < r.length; i++)
  for (let j = 0; j < r.length; j++)
    for (let a = -reach[0]; a <= reach[0]; a++)
      for (let b = -reach[1]; b <= reach[1]; b++)
        for (let c = -reach[2]; c <= reach[2]; c++) {
          const d = [0, 1, 2].map((x) => r[j][x] - r[i][x] + a * h[x] + b * h[3 + x] + c * h[6 + x]);
          const s = Math.hypot(...d);
          if (s === 0 || s >= RC) continue;
          const e = Math.exp(-A * (s - R0));
          const u = 1 - (s / RC) ** 2;
          const bond = D * ((1 - e) ** 2 - 1);
          energy += 0.5 * bond * u * u;
          const slope = 2 * D * A * (1 - e) * e * u * u - (bond * 4 * s * u) / RC ** 2;
          for (let x = 0; x < 3; x++) forces[i][x] += (slope * d[x]) / s;
          for (let x = 0; x < 9; x++) stress[x] += (slope * d[Math.floor(x / 3)] * d[x % 3]) / (2 * s * V);
        }
const head = comment.replace('pos:R:3', 'pos:R:3:forces:R:3') + ' energy=' + energy
  + (existsSync(beside('stress')) ? ' stress="' + stress.join(' ') + '"' : '');
const atoms = lines.map((line, i) => line + ' ' + forces[i].join(' '));
writeFileSync(output, [count, head, ...atoms].join('\\n') + '\\n');
`;
