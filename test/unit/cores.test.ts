import { describe, expect, it } from 'vitest';
import { strainSchema } from '../../src/config/strainSection.ts';
import { dealCores, strainReferences } from '../../src/run/cores.ts';

const strain = (reference: number, more: object = {}) => strainSchema.parse({ reference, ...more });
const alone = { backend: 'wasm', strain: undefined, validate: undefined };
const validate = { frames: 5, seed: 1, control: true };

describe('cores', () => {
  it('are all the run’s where nothing is computed beside it', () => {
    expect(dealCores(alone, 16)).toEqual({ run: 16, beside: 1, each: 1 });
    expect(dealCores({ ...alone, strain: strain(0) }, 8).run).toBe(8);
  });

  it.each([
    // backend, references, cores, run, beside
    ['wasm', 5, 16, 11, 5],
    ['auto', 5, 16, 11, 5],
    ['wasm', 2, 16, 14, 2],
    ['wasm', 5, 2, 2, 1],
    ['wasm', 5, 4, 3, 1],
    ['wasm', 5, 1, 1, 1],
    [{ kind: 'wasm', threads: 4 }, 5, 16, 4, 5],
    [{ kind: 'wasm', threads: 16 }, 5, 16, 16, 1],
  ] as const)('%j with %d references on %d: %d and %d', (backend, references, cores, run, beside) => {
    expect(dealCores({ ...alone, backend, strain: strain(references) }, cores)).toMatchObject({
      run,
      beside,
    });
  });

  it('are the jobs’ where a graphics processor does the work', () => {
    expect(dealCores({ ...alone, backend: 'webgpu', strain: strain(20) }, 16)).toMatchObject({
      beside: 15,
      each: 1,
    });
    expect(dealCores({ ...alone, backend: 'webgpu', strain: strain(5) }, 16)).toMatchObject({
      beside: 5,
      each: 3,
    });
  });

  it('serve validation too, and one reference where nothing is random', () => {
    expect(dealCores({ ...alone, strain: strain(2), validate }, 16)).toEqual({ run: 13, beside: 3, each: 1 });
    expect(strainReferences({ strain: strain(5, { relax: {} }) })).toBe(1);
    expect(strainReferences({ strain: undefined })).toBe(0);
  });
});
