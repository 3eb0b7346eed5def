/**
 * erfc(x) for x ≥ 0, absolute error below 3e-16: the series erf(x) = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1)/(2n+1)!! below 3,
 * Laplace's continued fraction √π e^(x²) erfc(x) = 1/(x + ½/(x + 1/(x + 3/2/(x + …)))) above.
 * Abramowitz and Stegun 7.1.6, 7.1.14.
 */
export function erfc(x: number): number {
  const gauss = Math.exp(-x * x);
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * gauss * sum;
  }
  let fraction = x;
  for (let n = 40; n > 0; n--) fraction = x + n / 2 / fraction;
  return gauss / (Math.sqrt(Math.PI) * fraction);
}
