/**
 * Embedding F = Σ_p w_p f(ρ_p; m_p). Both forms are odd and go like sign(ρ)|ρ|^m; they differ in how they pass through zero:
 *
 *   FinnisSinclair              a straight line below |ρ| ≈ 1e−6, blended with exp(−(10⁶|ρ|)³)
 *   FinnisSinclairShiftedScaled |ρ| shifted by x₀ = ν^(ν/(1−ν)) e^−|ρ|, ν = 1/m; exactly ρ for m = 1
 *
 * Source: Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021), and pacemaker.
 */
export type EmbeddingForm = 'FinnisSinclair' | 'FinnisSinclairShiftedScaled';
export const EMBEDDING_FORMS: readonly EmbeddingForm[] = ['FinnisSinclair', 'FinnisSinclairShiftedScaled'];

/** f and f' into `out`[0] and [1]. */
export function embed(form: EmbeddingForm, x: number, m: number, out: Float64Array): void {
  if (form === 'FinnisSinclair') finnisSinclair(x, m, out);
  else shiftedScaled(x, m, out);
}

/** f''; 0 at the origin, where the slope of both forms has a kink or is as good as constant. */
export function curvature(form: EmbeddingForm, x: number, m: number): number {
  const a = Math.abs(x);
  if (a <= 1e-10) return 0;
  return (
    Math.sign(x) * (form === 'FinnisSinclair' ? finnisSinclairCurvature(a, m) : shiftedScaledCurvature(a, m))
  );
}

const WIDTH = 1e6;

function finnisSinclair(x: number, m: number, out: Float64Array): void {
  const a = Math.abs(x);
  const line = (1 / WIDTH) ** (m - 1);
  if (a <= 1e-10) {
    out[0] = line * x;
    out[1] = line;
    return;
  }
  const q = (WIDTH * a) ** 3;
  const g = q <= 30 ? Math.exp(-q) : 0;
  const power = a ** m;
  out[0] = Math.sign(x) * ((1 - g) * power + line * g * a);
  out[1] = m * a ** (m - 1) * (1 - g) + ((3 * q) / a) * g * power + line * g * (1 - 3 * q);
}

function shiftedScaled(x: number, m: number, out: Float64Array): void {
  if (Math.abs(m - 1) < 1e-10) {
    out[0] = x;
    out[1] = 1;
    return;
  }
  const a = Math.abs(x);
  const nu = 1 / m;
  const decay = Math.exp(-a);
  const xo = nu ** (nu / (1 - nu)) * decay;
  const yo = nu ** (1 / (1 - nu)) * decay;
  out[0] = (Object.is(x, -0) || x < 0 ? -1 : 1) * ((xo + a) ** m - yo);
  out[1] = yo + m * (1 - xo) * (xo + a) ** (m - 1);
}

function finnisSinclairCurvature(a: number, m: number): number {
  const q = (WIDTH * a) ** 3;
  const g = q <= 30 ? Math.exp(-q) : 0;
  const line = (1 / WIDTH) ** (m - 1);
  const power = a ** (m - 2);
  return (
    m * (m - 1) * power * (1 - g) +
    3 * q * g * power * (2 * m + 2 - 3 * q) +
    (3 * q * line * g * (3 * q - 4)) / a
  );
}

function shiftedScaledCurvature(a: number, m: number): number {
  if (Math.abs(m - 1) < 1e-10) return 0;
  const nu = 1 / m;
  const decay = Math.exp(-a);
  const xo = nu ** (nu / (1 - nu)) * decay;
  const yo = nu ** (1 / (1 - nu)) * decay;
  return m * xo * (xo + a) ** (m - 1) + m * (m - 1) * (1 - xo) ** 2 * (xo + a) ** (m - 2) - yo;
}
