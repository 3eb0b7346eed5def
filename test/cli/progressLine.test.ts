import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPrinter, duration, si } from '../../src/cli/progressLine.ts';
import type { RunEvent } from '../../src/run/events.ts';

/** A stream that remembers what was written to it. */
function fakeStream(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) > 0 };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') };
}

const started: RunEvent = {
  type: 'started',
  title: 'copper',
  atoms: 108,
  elements: ['Cu'],
  calculator: 'potential',
  steps: 4500,
  timestep: 2,
  step: 0,
};

const progress = (step: number): RunEvent => ({
  type: 'progress',
  step,
  steps: 4500,
  time: 2 * step,
  temperature: 312.4,
  pressure: 0.01,
  grades: { extrapolationGrade: { max: 1.234, atom: 17 }, committeeEnergy: { max: 0.00456, atom: 3 } },
  labels: 9,
  labelBudget: 55,
  generation: 2,
  stepsPerSecond: 250,
});

const paused: RunEvent = {
  type: 'paused',
  pause: 1,
  reason: 'uncertain',
  detail: 'extrapolationGrade 5.11 at atom 11',
  step: 1010,
  time: 2020,
  trustedStep: 990,
  flagged: [],
  flaggedCount: 5,
  temperature: 430,
};

const LINE =
  'step 1000/4500  2.00 ps  43.20 ns/day  27.0 k atom-steps/s  T 312 K  P 1.60 GPa  ' +
  'γmax 1.23 (17)  σEmax 0.00456 (3)  labels 9/55  gen 2  ETA 14 s';

describe('the progress of a run', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is one live line on a terminal, cleared and written over at most five times a second', () => {
    const { stream, text } = fakeStream(true, 200);
    const printer = createPrinter(stream);
    printer.show(started);
    printer.show(progress(1000));
    printer.show(progress(1010));
    vi.advanceTimersByTime(250);
    printer.show(progress(1020));
    printer.show(paused);
    printer.close();
    const over = '\r\u001b[2K';
    expect(text()).toBe(
      'copper: 108 atoms (Cu), 4500 steps of 2 fs\n' +
        `${over}${LINE}${over}${LINE.replace('1000/', '1020/').replace('2.00 ps', '2.04 ps')}\n` +
        'pause 1 at step 1010 (2.02 ps, 430 K): extrapolationGrade 5.11 at atom 11, 5 atoms flagged; back to step 990\n',
    );
  });

  it('never wraps, and ends the live line when it closes', () => {
    const { stream, text } = fakeStream(true, 40);
    const printer = createPrinter(stream);
    printer.show(started);
    printer.show(progress(1000));
    expect(text().split('\u001b[2K').at(-1)).toBe(LINE.slice(0, 39));
    printer.close();
    printer.close();
    expect(text()).toMatch(/[^\n]\n$/);
  });

  it('is plain lines elsewhere, few of them', () => {
    const { stream, text } = fakeStream(false);
    const printer = createPrinter(stream);
    printer.show(started);
    for (let k = 1; k <= 12; k++) {
      printer.show(progress(10 * k));
      vi.advanceTimersByTime(1000);
    }
    printer.close();
    expect(text()).not.toContain('\r');
    expect(text().match(/^step \d+/gm)).toEqual(['step 10', 'step 60', 'step 110']);
  });
});

it('times and counts are short', () => {
  expect([12, 150, 7200, 200000, Number.NaN].map(duration)).toEqual(['12 s', '3 min', '2.0 h', '2.3 d', '–']);
  expect([12, 27000, 1234567].map(si)).toEqual(['12.0', '27.0 k', '1.23 M']);
});
