/** All kernels as one module. */
export { site } from '../../../potentials/ace/site.wasm';
