import type { Evaluation, Potential, Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { FrameEvaluator, Watch } from '../backend.ts';
import { wasmBackend } from '../wasm/wasmBackend.ts';
import type { Gpu } from './device.ts';
import { type DeviceForces, submit } from './deviceForces.ts';
import { type Screen, screenFor, trustworthy } from './screen.ts';

/**
 * Who grades: the device where its f32 has proved good enough for what is watched, else the CPU at every check. What stops a run and what is
 * recorded of it is f64 by the kernels of `wasm` in either case.
 */
export interface Grading {
  /** Makes ready for what is watched from now on. */
  attend(watch: Watch): void;
  /** The grades of a step on the device, which speak through the flags; undefined where the CPU has to grade. */
  readonly screen: Screen | undefined;
  /** In f64, of the structure as the host has it; what every measure needs. */
  evaluate(watch: Watch): Promise<Evaluation>;
  /** Compares the device's grades of a state that both have with those of its evaluation `e`: at first, and whenever the CPU has graded. */
  prove(e: Evaluation): Promise<void>;
  /** Grades of the latest step that the device graded, which the host must show. */
  latest(watch: Watch): Promise<Float64Array[]>;
  dispose(): void;
}

export function grading(gpu: Gpu, potential: Potential, structure: Structure, forces: DeviceForces): Grading {
  let evaluator: FrameEvaluator | undefined;
  let screen: Screen | undefined;
  let watched: Watch | undefined;
  let proved = false;

  const evaluate = async (watch: Watch) => {
    evaluator ??= await wasmBackend().evaluator!(potential);
    return evaluator.evaluate(structure, [
      ...new Set<Quantity>(watch.measures.flatMap((w) => w.measure.needs)),
    ]);
  };
  return {
    evaluate,
    get screen() {
      return proved ? screen : undefined;
    },
    attend(watch) {
      if (watched && sameMeasures(watch, watched)) return;
      watched = watch;
      screen?.dispose();
      screen = screenFor(gpu, forces, structure, potential.projectionWidth, watch);
      proved = false;
    },
    async prove(e) {
      if (!screen) return;
      submit(gpu, screen.encode);
      proved = await trustworthy(screen, e, structure);
      forces.system.calm();
      if (proved) return;
      screen.dispose();
      screen = undefined;
      process.emitWarning(
        'webgpu: this active set is too ill-conditioned for f32; grades are f64 on the CPU at every check',
      );
    },
    async latest(watch) {
      const seen = await screen!.grades();
      const rest = watch.measures.filter(({ measure }) => !seen.has(measure));
      const e = rest.length > 0 ? await evaluate({ ...watch, measures: rest }) : undefined;
      return watch.measures.map(({ measure }) => seen.get(measure) ?? measure.grade(e!, structure));
    },
    dispose() {
      screen?.dispose();
      evaluator?.dispose();
    },
  };
}

function sameMeasures(a: Watch, b: Watch): boolean {
  const same = (w: Watch['measures'][number], k: number) => {
    const other = b.measures[k];
    return w.measure === other.measure && w.select === other.select && w.pause === other.pause;
  };
  return a.measures.length === b.measures.length && a.measures.every(same);
}
