import type { BenchResult } from './bench.ts';
import { median } from './rates.ts';
import type { Scaling } from './scaling.ts';

/** What was measured, for people. `perYardstick`: how many times slower than the yardstick native code is on this model. */
export function benchTable(name: string, r: BenchResult, perYardstick?: number): string {
  const parity = perYardstick && r.yardstick.length > 0 ? median(r.yardstick) / perYardstick : undefined;
  const ka = (rate: number) => `${(rate / 1000).toFixed(2).padStart(9)} ka`;
  const lines = [`${name}, ${r.atoms} atoms`];
  for (const [threads, rate] of Object.entries(r.rates)) {
    const native = parity && `   ${(rate / Number(threads) / parity).toFixed(2)} × native a core`;
    lines.push(`  ${threads.padStart(2)} threads  ${ka(rate)}/s${native ?? ''}`);
  }
  for (const [interval, share] of Object.entries(r.grading))
    lines.push(`  γ every ${interval.padStart(3)} steps: ${(100 * share).toFixed(1).padStart(6)} % more`);
  const { stages, list, listInterval, integrate, step } = r.split;
  const parts = { ...stages, list, integrate };
  lines.push(
    `  one thread, ${step.toFixed(2)} µs an atom and step; a list every ${listInterval.toFixed(0)} steps`,
  );
  for (const [part, time] of Object.entries(parts))
    lines.push(
      `    ${part.padEnd(14)}${time.toFixed(2).padStart(7)} µs ${((100 * time) / step).toFixed(1).padStart(6)} %`,
    );
  return lines.join('\n');
}

/** A row a size, two columns a potential: ka/s, and bytes an atom. */
export function scalingTable(potentials: readonly (readonly [string, readonly Scaling[]])[]): string {
  const width = Math.max(22, ...potentials.map(([name]) => name.length));
  const cells = (list: readonly string[]) => list.map((text) => text.padStart(width + 2)).join('');
  const rows = potentials[0][1].map(({ atoms }, k) => {
    const of = potentials.map(([, sizes]) => sizes[k]);
    const told = of.map((s) => `${(s.rate / 1000).toFixed(2)} ka/s ${s.bytes.toFixed(0).padStart(7)} B`);
    return `${String(atoms).padStart(9)}${cells(told)}`;
  });
  return [`${'atoms'.padStart(9)}${cells(potentials.map(([name]) => name))}`, ...rows].join('\n');
}
