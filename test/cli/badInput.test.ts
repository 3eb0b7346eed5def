import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, COMMAND_CONFIG, CONFIG, call, filesIn, folderWith, serendip } from './program.ts';

/** A folder with a finished run in `run`, for reading only. */
const done = folderWith({ 'run.yaml': CONFIG });
beforeAll(async () => {
  expect(await serendip(done, 'run', 'run.yaml')).toMatchObject({ code: 0, err: '' });
});

const FRAME = `32
Lattice="7.2 0 0 0 7.2 0 0 0 7.2" Properties=species:S:1:pos:R:3 pbc="T T T"
${'Cu 0 0 0\n'.repeat(19)}`;
const UNLABELLED = `1
Lattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3 pbc="T T T"
Cu 0 0 0
`;

/** A label program: `forces` is what it writes behind every atom. */
const program = (forces: string) => `import { readFileSync, writeFileSync } from 'node:fs';
const [input, output] = process.argv.slice(2);
const [count, comment, ...atoms] = readFileSync(input, 'utf8').trimEnd().split('\\n');
const head = comment.replace('pos:R:3', 'pos:R:3:forces:R:3') + ' energy=-100';
writeFileSync(output, [count, head, ...atoms.map((atom) => atom + ' ${forces}')].join('\\n') + '\\n');
`;

function expectRefusal({ code, err }: Answer, expectedCode: number, ...lines: readonly RegExp[]): void {
  expect(err).not.toMatch(/\n\s+at |bug|undefined|\[object/);
  expect(code, err).toBe(expectedCode);
  const said = err
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n');
  for (const [k, line] of lines.entries()) expect(said[k]).toMatch(line);
  expect(said).toHaveLength(lines.length);
}

/** Expects that a call is refused in one line with code 2, and that the folder is what it was. */
async function refuses(files: Readonly<Record<string, string>>, args: readonly string[], line: RegExp) {
  const folder = folderWith(files);
  const before = filesIn(folder);
  expectRefusal(await call(folder, ...args), 2, line);
  expect(filesIn(folder)).toEqual(before);
}

const changed = (from: string | RegExp, to: string) => {
  expect(CONFIG).toMatch(from);
  return { 'run.yaml': CONFIG.replace(from, to) };
};
const structure = (file: string) => changed(/structure: .*/, `structure: { file: ${file} }`);
const calculator = (text: string) => changed(/calculator: .*/, `calculator: ${text}`);

describe('a config', () => {
  it('is told all its slips at once, each with its line', async () => {
    const slips = CONFIG.replace('title:', 'titel:')
      .replace('prototype: fcc', 'prototype: fc')
      .replace('element: Cu', 'element: Xx')
      .replace('[Cu]\n', '[Qq]\n')
      .replace('cutoff: 4 Å', 'cutoff: 4')
      .replace('timestep: 2 fs', 'timestep: 2 K')
      .replace('steps: 50', 'steps: -50')
      .replace(/label:\n.*\n/, '')
      .concat('uncertainty:\n  measures: [{ kind: extrapolationGrade, select: 9, pause: 3 }]\n');
    const folder = folderWith({ 'run.yaml': slips });
    const { err, ...answer } = await serendip(folder, 'run', 'run.yaml');
    const lines = err.replace('error: ', '').trimEnd().split('\n').sort().join('\n');
    expectRefusal(
      { ...answer, err: lines },
      2,
      /^run\.yaml:1 label: is missing, must be a section of `key: value`; add it$/,
      /^run\.yaml:10 md\.integrator\.timestep: got '2 K', unknown time unit 'K'; write .* fs, ps, ns, s$/,
      /^run\.yaml:12 md\.steps: got -50, must be > 0$/,
      /^run\.yaml:16 uncertainty\.measures\.0: got .*, must have pause ≥ select; raise `pause` or lower `select`$/,
      /^run\.yaml:2 titel: unknown key; did you mean 'title'\?$/,
      /^run\.yaml:3 structure\.element: got 'Xx', must be a chemical symbol such as Cu$/,
      /^run\.yaml:3 structure\.prototype: got 'fc', must be one of: sc, fcc, /,
      /^run\.yaml:5 model\.elements\.0: got 'Qq', must be a chemical symbol such as Cu$/,
      /^run\.yaml:6 model\.cutoff: got 4, a number and a unit are needed; write .* Å, /,
    );
    expect(filesIn(folder)).toEqual(['run.yaml']);
  });

  const measure = (text: string) => ({ 'run.yaml': `${CONFIG}uncertainty: { measures: [${text}] }\n` });
  // biome-ignore format: one case a line
  it.each<[string, Record<string, string>, RegExp]>([
    ['is not there', {}, /^run\.yaml: cannot be read \(no such file or folder\); 'serendip init/],
    ['is empty', { 'run.yaml': '' }, /^run\.yaml: is empty, must hold sections such as `structure:`/],
    ['is not YAML', changed('[Cu]\n', '[Cu\n'), /^run\.yaml:\d+ .*; mend the YAML$/],
    ['is for md', { 'run.yaml': 'potential: {}\n' }, /^run\.yaml: holds a `potential`, .* use 'serendip md'$/],
    ['has a nameless kind', changed('kind: langevin, ', ''), /integrator\.kind: is missing, must be one of: /],
    ['asks for fractional steps', changed('steps: 50', 'steps: 1.5'), /steps: got 1.5, must be a whole number$/],
    ['stops at nothing', measure('{ kind: committeeForce }'), /must hold a measure with `select` and `pause`/],
    ['has half a threshold', measure('{ kind: extrapolationGrade, select: 1 }, { kind: committeeForce, select: 1, pause: 2 }'), /measures\.0: got .*must have both `select` and `pause`/],
    ['lacks an element', changed('element: Cu', 'element: Ni'), /^model\.elements: got Cu, .*; add Ni$/],
    ['cuts too thin', { 'run.yaml': `${CONFIG}extract: { core: 2 Å }\n` }, /:17 extract\.core: got '2 Å', must be ≥ model\.cutoff/],
    ['has one member', { 'run.yaml': `${CONFIG}train: { ensemble: { members: 1 } }\n` }, /:17 train\.ensemble\.members: got 1, must be ≥ 2/],
    ['cannot be validated', { 'run.yaml': `${COMMAND_CONFIG}validate: { frames: 3 }\n`, 'label.mjs': '' }, /^validate: calculator 'command' cannot drive a trajectory/],
    ['has a calculator that does not know an element', calculator('{ kind: potential, potential: { kind: lennardJones, set: argon } }'), /^label\.calculator: knows Ar, .*; choose one that knows Cu$/],
    ['names a label program that is not there', { 'run.yaml': COMMAND_CONFIG }, /^label\.calculator\.command: 'label\.mjs' is not there; write it beside the config/],
    ['names a structure that is not there', structure('none.cif'), /none\.cif: cannot be read \(no such file or folder\); check the name/],
    ['names a structure that is cut off', { ...structure('cut.xyz'), 'cut.xyz': FRAME }, /cut\.xyz:1 frame: got 19 atoms .*, must be 32 atoms; the file is cut off/],
    ['names a structure of no format', { ...structure('a.txt'), 'a.txt': 'hello\n' }, /a\.txt: got a file of unknown format, must be extended XYZ, POSCAR/],
    ['names a structure of another format', { ...structure('a.cif'), 'a.cif': FRAME }, /a\.cif:1 .*: got 32, must be /],
    ['names several structures', { ...structure('two.xyz'), 'two.xyz': UNLABELLED + UNLABELLED }, /two\.xyz: got no choice among 2 frames, .* set `frame`/],
    ['names a data set without labels', { ...changed(/rattle: .*/, 'dataset: a.xyz'), 'a.xyz': UNLABELLED }, /a\.xyz:2 energy: got none, must be REF_energy or .*; label the structure/],
    ['names a data set that is not there', changed(/rattle: .*/, 'dataset: a.xyz'), /a\.xyz: cannot be read \(no such file or folder\)/],
  ])('that %s is refused, and nothing is written', (_, files, line) =>
    refuses(files, ['run', 'run.yaml'], line));
});

describe('a calculator', () => {
  const REFUSED =
    /^start: none of 2 structures could be labelled; mend `label`, ask 'serendip doctor', and run again$/;

  it.concurrent('that is not installed is named, and the run can be begun again once it is', async () => {
    const folder = folderWith({
      'run.yaml': COMMAND_CONFIG.replace('[node,', '[no-such-program,'),
      'label.mjs': program('0 0 0'),
    });
    const missing = await serendip(folder, 'run', 'run.yaml');
    expectRefusal(
      missing,
      2,
      /^label\.calculator: program 'no-such-program' is not there; install it or give/,
    );
    expect(filesIn(join(folder, 'run'))).toEqual(['config.resolved.yaml', 'ledger.jsonl']);
    writeFileSync(join(folder, 'run.yaml'), COMMAND_CONFIG.replace('steps: 50', 'steps: 1'));
    expect((await serendip(folder, 'run', 'run.yaml')).out).toMatch(/label 2 \(start, 32 atoms/);
  });

  it.concurrent('lmp that is not installed is named with how to install it', async () => {
    const folder = folderWith(calculator('{ kind: lammps, program: no-lmp, commands: [pair_style zero 4] }'));
    const line = /^label\.calculator: program 'no-lmp' is not there; install LAMMPS \(apt install lammps/;
    expectRefusal(await serendip(folder, 'run', 'run.yaml'), 2, line);
  });

  it.concurrent('that answers NaN has its labels put into quarantine, with the reason', async () => {
    const folder = folderWith({ 'run.yaml': COMMAND_CONFIG, 'label.mjs': program('nan 0 0') });
    const answer = await serendip(folder, 'run', 'run.yaml');
    expectRefusal(answer, 3, REFUSED);
    expect(answer.out.match(/label refused: 32 of 32 atoms have a force that is not finite/g)).toHaveLength(
      2,
    );
    const kept = filesIn(join(folder, 'run')).filter((file) => file.includes('quarantine'));
    expect(new Set(kept.map((file) => file.split('/').slice(3).join('/')))).toEqual(
      new Set([
        'attempt-1/input.xyz',
        'attempt-1/output.log',
        'attempt-1/output.xyz',
        'label.xyz',
        'reason.txt',
        'structure.xyz',
      ]),
    );
    expect(filesIn(join(folder, 'run')).some((file) => file.includes('cache'))).toBe(false);
  });

  it.concurrent('that fails is quoted: exit code, directory, last 20 lines', async () => {
    const label = 'for (let k = 0; k < 30; k++) console.error("line " + k);\nprocess.exit(7);\n';
    const folder = folderWith({ 'run.yaml': COMMAND_CONFIG, 'label.mjs': label });
    const answer = await serendip(folder, 'run', 'run.yaml');
    expectRefusal(answer, 3, REFUSED);
    expect(answer.out).toMatch(
      /ended with exit code 7; its files are in \S+quarantine\S+attempt-1; it printed last:\nline 10\n/,
    );
    expect(answer.out).toMatch(/\nline 29\n/);
    expect(answer.out).not.toMatch(/line 9\n/);
  });

  it.concurrent('that is too slow is ended at the time limit', async () => {
    const config = COMMAND_CONFIG.replace('retries: 0', 'timeLimit: 0.2 s');
    const folder = folderWith({ 'run.yaml': config, 'label.mjs': 'setTimeout(() => {}, 60000);\n' });
    const answer = await serendip(folder, 'run', 'run.yaml');
    expectRefusal(answer, 3, REFUSED);
    expect(answer.out).toMatch(
      /label refused: calculator 'command' took longer than label\.timeLimit, 0\.2 s; its files/,
    );
  });
});

describe('a directory', () => {
  it('that cannot be written is refused', () =>
    refuses(
      { 'run.yaml': CONFIG, run: '' },
      ['run', 'run.yaml'],
      /^output\.directory: got 'run', must be a folder that can be written \(a file of that name is in the way\)/,
    ));

  it('that holds a run is not overwritten, and what is asked for must be in it', async () => {
    const before = filesIn(done);
    const again = await call(done, 'run', 'run.yaml');
    expectRefusal(
      again,
      2,
      /^output\.directory: 'run' already holds a run; 'serendip resume run' .* --fresh starts over$/,
    );
    expectRefusal(
      await call(done, 'explain', '99'),
      2,
      /^explain: got pause 99, must be a number from 1 to \d+$/,
    );
    expect(filesIn(done)).toEqual(before);
  });

  it('that another process works in is left alone', async () => {
    const folder = folderWith({ 'run.yaml': CONFIG });
    cpSync(join(done, 'run'), join(folder, 'run'), { recursive: true });
    writeFileSync(join(folder, 'run', 'run.lock'), String(process.ppid));
    const inUse = new RegExp(`is in use by process ${process.ppid}; wait for it or stop it first`);
    expectRefusal(await call(folder, 'resume', 'run'), 2, inUse);
    expectRefusal(await call(folder, 'run', 'run.yaml', '--fresh'), 2, inUse);
    expect(filesIn(join(folder, 'run'))).toEqual([...filesIn(join(done, 'run')), 'run.lock'].sort());
  });

  it.each(['resume', 'status', 'report', 'explain 1'])('without a run is no use to %s', (command) =>
    refuses(
      { notes: '' },
      [...command.split(' '), '.'],
      /^run directory: '\.' holds no run \(no config\.resolved\.yaml\)/,
    ),
  );
});

describe('a model', () => {
  const DATA = join(done, 'run', 'dataset.xyz');
  const grade = async (folder: string) => call(folder, 'grade', '--model', 'model', '--structures', DATA);

  it.each<[string, RegExp]>([
    ['ensemble.json', /^model\/ensemble\.json: is not JSON \(.*\); it may be cut short$/],
    ['potential.yaml', /^model\/potential\.yaml:\d+: .*; the file may be cut short$/],
    ['potential.asi', /^model\/potential\.asi: must be a ZIP archive; .* may be cut short$/],
    ['span.json', /^model\/span\.json: is not JSON \(.*\); it may be cut short$/],
  ])('whose %s is cut short is refused', async (name, line) => {
    const folder = folderWith({});
    cpSync(join(done, 'run', 'models', '0001'), join(folder, 'model'), { recursive: true });
    const whole = readFileSync(join(folder, 'model', name));
    writeFileSync(join(folder, 'model', name), whole.subarray(0, 500));
    expectRefusal(await grade(folder), 2, line);
  });

  it('that is not there is refused, and so are structures', async () => {
    const model = join(done, 'run', 'models', '0001');
    expectRefusal(
      await grade(done),
      2,
      /^model\/potential\.yaml: is missing; name a model folder such as run\/models\/0001/,
    );
    await refuses(
      {},
      ['eval', '--potential', model, '--structures', 'a.xyz', '-o', 'b.xyz'],
      /^a\.xyz: cannot be read/,
    );
    await refuses(
      {},
      ['eval', '--potential', model, '--structures', DATA, '-o', 'no/b.xyz'],
      /^no\/b\.xyz: cannot be used \(no such file or folder\)/,
    );
    await refuses(
      { 'run.yaml': CONFIG, 'a.xyz': UNLABELLED },
      ['fit', 'run.yaml', '--data', 'a.xyz'],
      /^a\.xyz:2 energy: got none/,
    );
  });
});

describe('a call', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown command', ['rnu', 'run.yaml'], /^unknown command 'rnu'; did you mean 'run'\?$/],
    [
      'an unknown option',
      ['run', 'run.yaml', '--fersh'],
      /^run: Unknown argument: fersh; 'serendip run --help' shows/,
    ],
    [
      'nothing to work on',
      ['run'],
      /^run: got 0 words after it, needs at least 1; 'serendip run --help' shows/,
    ],
  ])('with %s is refused with a way out', (_, args, line) => refuses({ 'run.yaml': CONFIG }, args, line));
});
