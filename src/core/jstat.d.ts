declare module 'jstat' {
  const jstat: {
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
    readonly chisquare: {
      inv(p: number, degreesOfFreedom: number): number;
      cdf(x: number, degreesOfFreedom: number): number;
    };
  };
  // biome-ignore lint/style/noDefaultExport: what a package of this kind has
  export default jstat;
}
