/** All kernels as one module. */
export { control, free, run, serve } from './team.wasm';
