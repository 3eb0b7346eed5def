import type { PathRecord } from './record.ts';

/** What the reference says of an image of a path. */
export type Asked = PathRecord['reference'][number];

export interface Tolerance {
  /** eV, of the energies of saddle and last image over the first. */
  readonly energy: number;
  /** eV/Å, of the reference's own force at ends and saddle, where the ensemble has none. */
  readonly force: number;
}

/** Whether the reference has rest positions and a saddle where the ensemble has them. */
export interface Agreement {
  readonly agrees: boolean;
  /** For people, with the numbers. */
  readonly reason: string;
}

/** `asked` must hold both ends and the saddle. */
export function agreement(
  { energies, saddle }: Pick<PathRecord, 'energies' | 'saddle'>,
  asked: readonly Asked[],
  tolerance: Tolerance,
): Agreement {
  const last = energies.length - 1;
  const said = (image: number) => asked.find((a) => a.image === image)!;
  const off = (image: number) => Math.abs(said(image).energy - energies[image]);
  const misses = [
    ...[0, last].map((image) => ({
      place: image === 0 ? 'the first rest position' : 'the last rest position',
      force: said(image).force,
    })),
    { place: 'the saddle', force: said(saddle).force },
  ].filter(({ force }) => !(force <= tolerance.force));
  const energyMisses = [
    { what: 'barrier', image: saddle },
    { what: 'final energy', image: last },
  ].filter(({ image }) => !(off(image) <= tolerance.energy));
  const eV = (x: number) => `${x.toFixed(3)} eV`;
  const compared = (what: string, image: number) =>
    `${what} ${eV(energies[image])}, reference ${eV(said(image).energy)}`;
  if (misses.length + energyMisses.length === 0) {
    const force = Math.max(said(0).force, said(last).force, said(saddle).force);
    return {
      agrees: true,
      reason: `${compared('barrier', saddle)} on the same path, where its forces at ends and saddle are at most ${force.toFixed(3)} eV/Å`,
    };
  }
  return {
    agrees: false,
    reason: [
      ...misses.map(
        ({ place, force }) =>
          `at ${place} the reference has a force of ${force.toFixed(3)} eV/Å, allowed ${tolerance.force}`,
      ),
      ...energyMisses.map(
        ({ what, image }) => `${compared(what, image)}, allowed to differ by ${tolerance.energy} eV`,
      ),
    ].join('; '),
  };
}

/** Of a change without a barrier: `gain` and `referenceGain` are energies after it over those before, `force` the reference's afterwards. */
export function spontaneousAgreement(
  gain: number,
  referenceGain: number,
  force: number,
  tolerance: Tolerance,
): Agreement {
  const agrees = Math.abs(gain - referenceGain) <= tolerance.energy && force <= tolerance.force;
  return {
    agrees,
    reason:
      `there is no barrier; the energy changes by ${gain.toFixed(3)} eV, the reference's by ${referenceGain.toFixed(3)} eV ` +
      `(allowed to differ by ${tolerance.energy}), whose force afterwards is ${force.toFixed(3)} eV/Å (allowed ${tolerance.force})`,
  };
}
