import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Structure } from '../core/structure.ts';
import { labelCache } from './cache.ts';
import type { Calculator, Label } from './calculator.ts';
import type { CalculatorContext } from './factory.ts';
import { isCalculationFailure } from './failure.ts';
import { labelHash } from './fingerprint.ts';
import { gate } from './gate.ts';
import { type Hygiene, judgeStructure, type Rule } from './hygiene.ts';
import type { LabelSection } from './labelSection.ts';
import { obtainer } from './obtain.ts';
import { quarantine } from './quarantine.ts';
import { calculators } from './registry.ts';

export type LabelResult =
  | {
      readonly kind: 'labelled';
      readonly label: Label;
      readonly hash: string;
      /** Whether it was there already. */
      readonly cached: boolean;
      /** Wall time of this request. */
      readonly seconds: number;
    }
  | {
      readonly kind: 'quarantined';
      readonly hash: string;
      /** The rule of hygiene that was broken, or that the calculation failed. */
      readonly rule: Rule | 'failed';
      readonly reason: string;
      /** Structure, reason and the calculation's files, for post-mortem. */
      readonly directory: string;
    };

export interface LabelService {
  readonly calculator: Calculator;
  /**
   * A label that was paid for once and passed the gate, or a quarantine. Throws the signal's reason when aborted, and
   * a UserError where no structure could be labelled at all (a program that is not installed, an unknown element).
   */
  label(s: Structure, signal: AbortSignal): Promise<LabelResult>;
}

export interface LabelServiceOptions {
  readonly calculator: Calculator;
  /** Holds `cache`, `jobs` and `quarantine`. */
  readonly directory: string;
  /** Wall seconds. */
  readonly timeLimit: number;
  readonly retries: number;
  readonly hygiene: Hygiene;
  readonly keepJobs: boolean;
  /** Hears what people should know; default: the console. */
  readonly warn?: (message: string) => void;
}

/** The service that the section `label:` asks for; it keeps its files in `directory` unless the section names another. */
export function labelServiceFrom(
  section: LabelSection,
  context: CalculatorContext,
  directory: string,
): LabelService {
  const calculator = calculators.create(section.calculator)(context);
  return labelService({ ...section, calculator, directory: section.directory ?? directory });
}

export function labelService(options: LabelServiceOptions): LabelService {
  const { calculator, directory, hygiene } = options;
  const cache = labelCache(join(directory, 'cache'), calculator.fingerprint, options.warn ?? console.warn);
  const obtain = obtainer(cache, options);
  const judge = gate(hygiene, obtain);
  const running = new Map<string, Promise<unknown>>();

  async function labelOnce(s: Structure, hash: string, signal: AbortSignal): Promise<LabelResult> {
    const began = performance.now();
    const folder = jobFolder(directory, hash);
    const refuse = (rule: Rule | 'failed', why: string, label?: Label): LabelResult => {
      const place = join(directory, 'quarantine', hash);
      const reason = why.replaceAll(folder, place);
      quarantine({ structure: s, label, reason, folder, to: place });
      return { kind: 'quarantined', hash, rule, reason, directory: place };
    };
    try {
      const worth = judgeStructure(s, hygiene);
      if (!worth.accepted) return refuse(worth.rule, worth.reason);
      const { label, cached } = await obtain(s, folder, signal);
      const verdict = await judge(s, label, folder, signal);
      if (!verdict.accepted) return refuse(verdict.rule, verdict.reason, label);
      if (cached || !options.keepJobs) rmSync(folder, { recursive: true, force: true });
      return { kind: 'labelled', label, hash, cached, seconds: (performance.now() - began) / 1000 };
    } catch (error) {
      if (isCalculationFailure(error)) return refuse('failed', error.message);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  return {
    calculator,
    async label(s, signal) {
      const hash = labelHash(calculator.fingerprint, s);
      while (running.has(hash)) await running.get(hash)?.catch(() => undefined);
      signal.throwIfAborted();
      const result = labelOnce(s, hash, signal);
      running.set(hash, result);
      return result.finally(() => running.delete(hash));
    },
  };
}

function jobFolder(directory: string, hash: string): string {
  const jobs = join(directory, 'jobs');
  mkdirSync(jobs, { recursive: true });
  return mkdtempSync(join(jobs, `${hash.slice(0, 16)}-`));
}
