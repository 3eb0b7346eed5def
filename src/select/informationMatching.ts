/** What is needed to know properties of crystals as precisely as wanted: the heaviest weights of the semidefinite programme. */
import { z } from 'zod';
import { buildPrototype, prototypeSchema } from '../core/prototypes.ts';
import { positive } from '../core/quantity.ts';
import { entry } from '../core/registry.ts';
import { crystalTargets, linearInformation, priorInformation } from '../information/linearTargets.ts';
import { isMatched, matchInformation } from '../information/match.ts';
import { learnable } from './learnable.ts';
import type { Strategy } from './strategy.ts';

/** Of the sum of weights: enough to rank by. */
const RANKED = 0.03;

const schema = z
  .strictObject({
    crystals: z
      .array(prototypeSchema)
      .min(1)
      .describe('whose energy, stress and elastic constants are wanted'),
    energy: positive('energyPerAtom').prefault('5 meV/atom').describe('wanted standard deviation'),
    stress: positive('pressure').prefault('0.5 GPa').describe('wanted standard deviation'),
    elastic: positive('pressure')
      .prefault('5 GPa')
      .describe('wanted standard deviation of every elastic constant'),
    precision: positive('force').prefault('0.05 eV/Å').describe('of the labels that there are'),
  })
  .describe('what settles energy, stress and elastic constants of given crystals with the fewest labels');

export const informationMatching = entry<Strategy, typeof schema>({
  kind: 'informationMatching',
  schema,
  create: ({ crystals, energy, stress, elastic, precision }) => ({
    kind: 'informationMatching',
    needs: ['rows'],
    choose(pool, count) {
      const { candidates, labelled } = pool;
      if (candidates.length === 0) return [];
      const potential = learnable(pool.potential);
      const K = potential.functionCount;
      const accuracy = { energy, stress, elastic };
      const targets = crystals.flatMap((c) =>
        crystalTargets(potential, buildPrototype(c), accuracy, c.prototype),
      );
      const known = labelled.reduce(
        (sum, s) => sum.add(linearInformation(s.rows!, K).mul(1 / precision ** 2)),
        priorInformation(potential),
      );
      const informations = candidates.map((c) => linearInformation(c.rows!, K));
      // What these candidates cannot settle as precisely as wanted is settled as well as they can.
      for (let ease = 1; ; ease *= 2) {
        const eased = targets.map((t) => ({ ...t, accuracy: t.accuracy * ease }));
        const found = matchInformation(informations, eased, known, RANKED);
        if (isMatched(found)) return found.ranking.slice(0, count);
      }
    },
  }),
});
