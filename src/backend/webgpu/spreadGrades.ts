import { addMoments, spreadOfForces } from '../../uncertainty/spread.wgsl.ts';
import type { Gpu } from './device.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { kernel, run, storage } from './kernel.ts';
import type { DeviceGrades, Report } from './screen.ts';

/** Spread of the members' forces, one member after the other. */
export function spreadGrades(gpu: Gpu, system: DeviceSystem, { measure, limit, flag }: Report): DeviceGrades {
  const n = system.atoms;
  const grades = storage(gpu, 'grades', 4 * n);
  const moments = storage(gpu, 'moments of members', 16 * n);
  const groups = Math.ceil(n / 64);
  return {
    grades: [[measure, grades]],
    bind({ extras }) {
      const { count, forces } = extras!.members!;
      const { encode, values } = forces();
      const add = [true, false].map((first) =>
        kernel(gpu, 'moments of members', addMoments(n, first), [
          bind.control(system.control),
          bind.of('vec4<f32>', 'differences', values),
          bind.of('vec4<f32>', 'moments', moments, 'read_write'),
        ]),
      );
      const grade = kernel(gpu, 'grades', spreadOfForces(n, count, limit, flag), [
        bind.control(system.control),
        bind.flags(system.faults),
        bind.of('vec4<f32>', 'moments', moments),
        bind.f32s('grades', grades, 'read_write'),
      ]);
      return (pass) => {
        for (let m = 0; m < count; m++) {
          encode(pass, m);
          run(pass, add[m === 0 ? 0 : 1], groups);
        }
        run(pass, grade, groups);
      };
    },
    dispose() {
      grades.destroy();
      moments.destroy();
    },
  };
}
