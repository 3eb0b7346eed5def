import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatSetfl, parseSetfl } from '../../potentials/eam/setfl.ts';
import { filesOf, potentials } from '../../potentials/registry.ts';
import { UserError } from '../../src/core/errors.ts';

const create = (options: object) => () => potentials.create(potentials.schema.parse(options));
const golden = (name: string) => new URL(`../golden/potentials/${name}`, import.meta.url).pathname;

describe('options that cannot be meant', () => {
  it.each([
    [
      'a missing file',
      { kind: 'eam', file: 'nowhere.eam.alloy' },
      /eam\.file: got nowhere\.eam\.alloy.*check the path/,
    ],
    ['a file and a set', { kind: 'eam', file: 'x', set: 'zhou' }, /file alone/],
    ['neither file nor set', { kind: 'eam' }, /set: zhou/],
    ['a metal the set lacks', { kind: 'eam', set: 'zhou', elements: ['U'] }, /got U, must be one of Cu, Ag/],
    [
      'an element the set lacks',
      { kind: 'tersoff', set: 'Si1988', elements: ['C'] },
      /got C, must be one of Si/,
    ],
    [
      'a bond nobody published',
      { kind: 'tersoff', set: 'CSiGe1989', elements: ['C', 'Ge'] },
      /got C with Ge/,
    ],
    ['no argon and no atoms', { kind: 'lennardJones' }, /neither of set and atoms/],
    [
      'a taper that ends early',
      { kind: 'lennardJones', set: 'argon', inner: '9 Å', cutoff: '8 Å' },
      /inner: got 9/,
    ],
    [
      'a screening inside out',
      { kind: 'zbl', elements: ['Cu'], inner: '2 Å', outer: '1 Å' },
      /inner < outer/,
    ],
    ['a damping too long', { kind: 'buckingham', set: 'matsuiAkaogi', damping: '9 Å' }, /damping: got 9 Å/],
  ])('%s', (_, options, message) => {
    expect(create(options)).toThrow(UserError);
    expect(create(options)).toThrow(message);
  });

  it('refuses a bare number and an unknown key', () => {
    expect(create({ kind: 'eam', set: 'zhou', elements: ['Cu'], cutoff: 6 })).toThrow(/a number and a unit/);
    expect(create({ kind: 'lennardJones', set: 'argon', cutof: '6 Å' })).toThrow();
  });
});

describe('setfl files', () => {
  const text = readFileSync(golden('CuZr.eam.alloy'), 'utf8');

  it('come back as they were written, both forms', () => {
    const alloy = parseSetfl(text, 'alloy');
    expect(alloy.elements).toEqual(['Cu', 'Zr']);
    expect(parseSetfl(formatSetfl(alloy, 'again'), 'again')).toEqual(alloy);
    const fs = parseSetfl(readFileSync(golden('CuZr.eam.fs'), 'utf8'), 'fs');
    expect(fs.density[0]).not.toEqual(fs.density[1]);
    expect(parseSetfl(formatSetfl(fs, 'again', true), 'again')).toEqual(fs);
  });

  it.each([
    ['another kind of file', 'hello\nworld\n', /bad:4: got ''.*is this a setfl/],
    ['a header without numbers', text.replace(/^500|^300 .*$/m, 'many'), /bad:5: got 'many/],
    ['a word among the numbers', text.replace('e-1 ', 'e-one '), /e-one', must be a number/],
    ['a file cut off', text.split('\n').slice(0, 300).join('\n'), /cut off/],
    ['counts that are wrong', text.replace(/\n300 /, '\n298 '), /bad:\d+: .*check the counts in line 5/],
  ])('%s', (_, bad, message) => {
    expect(() => parseSetfl(bad, 'bad')).toThrow(UserError);
    expect(() => parseSetfl(bad, 'bad')).toThrow(message);
  });

  it('are named to those who must notice their change', () => {
    expect(filesOf({ kind: 'eam', file: 'Cu.eam.alloy' })).toEqual(['Cu.eam.alloy']);
    expect(filesOf({ kind: 'eam', set: 'zhou', elements: ['Cu'] })).toEqual([]);
  });
});
