import { expect, it } from 'vitest';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { SKIN } from '../../src/backend/stepping/evaluator.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { completeCell } from '../../src/core/cell.ts';
import { buildNeighbours, fillBins } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';

const four = new Float64Array(4);

it('the first list is right where the table of bins ends on a cache line, with no padding behind it', async () => {
  const potential = embeddedAtom(zhou(['Al'], 5.5));
  const slab = supercell(crystal('fcc', ['Al'], 4.05), [3, 3, 6]);
  for (let topic = 0; topic < 4; topic++) {
    // Whole cells away, as atoms are after a long run.
    const positions = slab.positions.map((x, k) => {
      const away = Math.round(normals(1, STREAM.rattle, topic, k, four)[0]);
      return k % 3 === 2 ? x : x + away * 12.15;
    });
    const s = { ...slab, positions, periodic: [true, true, false] as const };
    expect(fillBins(s, completeCell(s.cell), potential.cutoff + SKIN).start.length % 16).toBe(0);
    const wasm = await wasmBackend(1).evaluator!(potential);
    const { energy } = await wasm.evaluate(s, []);
    wasm.dispose();
    const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), []);
    expect(energy / truth.energy).toBeCloseTo(1, 12);
  }
});
