/** Tables of embedded-atom functions in shared memory; each constant is the place of a 32-bit word. */
export const ELEMENTS = 0;
/** f64 [1], Å². */
export const CUTOFF_SQUARED = 1;
/** [elements²] addresses of curves, by a · elements + b: f_{b→a} and r·φ_ab. */
export const CURVES = 2;
/** 0: as `curve.wasm.ts` reads them. 1: cubics on an even grid, f64 [bins][4 powers, highest first][2]. */
export const FORM = 3;
/** f64 [2]: grid points per Å and the last bin. */
export const GRID = 4;
export const EAM_WORDS = 5;
