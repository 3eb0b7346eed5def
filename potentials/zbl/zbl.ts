import { z } from 'zod';
import { element } from '../../src/core/elements.ts';
import { positive, quantity } from '../../src/core/quantity.ts';
import { entry } from '../../src/core/registry.ts';
import { pairPotential, pairTable } from '../pairPotential.ts';
import { zblPair } from './zblPair.ts';

/** Core repulsion alone: nuclei that meet at high energy. */
export const zbl = entry({
  kind: 'zbl',
  schema: z.strictObject({
    elements: z.array(z.string()).min(1).meta({ description: 'chemical symbols it knows' }),
    inner: quantity('length').meta({ description: 'distance at which the switching begins' }),
    outer: positive('length').meta({ description: 'distance from which nuclei no longer interact' }),
  }),
  create({ elements, inner, outer }) {
    const Z = elements.map((symbol) => element(symbol).atomicNumber);
    return pairPotential({
      kind: 'zbl',
      elements,
      cutoff: outer,
      pair: pairTable(Z.length, (a, b) => zblPair(Z[a], Z[b], inner, outer)),
    });
  },
});
