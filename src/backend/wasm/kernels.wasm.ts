/** All kernels as one module. */
export { control, free, run, serve } from './team.wasm';
export { crewBegin, crewCarryOut, crewClearing, crewDismiss, crewFinish, crewServe } from '../../learn/crew.wasm';
export { makeDominant } from '../../learn/maxvol.wasm';
