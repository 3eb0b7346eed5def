import { potentials } from '../../potentials/registry.ts';
import type { MdConfig, RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { Structure } from '../core/structure.ts';
import { assembleRun, backendOf, integratorOf, startState } from './assemble.ts';
import { pathsIn } from './directory.ts';
import { drivenBackend } from './driven.ts';
import { referencePotential } from './validation/reference.ts';

/** Throws a UserError where the parts of a config do not fit together. Writes nothing. */
export function checkRun(config: RunConfig): void {
  const { start, labels } = assembleRun(config, { path: pathsIn(config.output.directory) });
  requireElements('label.calculator', labels.calculator.elements, start.structure);
  if (config.validate || config.strain?.reference) referencePotential(config);
}

/** As {@link checkRun}, for plain molecular dynamics. */
export function checkMd(config: MdConfig): void {
  if (config.strain?.reference)
    throw new UserError(
      `strain.reference: got ${config.strain.reference}, must be 0 where a given potential drives; remove it, or use 'serendip run'`,
    );
  const integrator = integratorOf(config);
  drivenBackend(backendOf(config), integrator, config);
  const { structure } = startState(config, integrator);
  requireElements('potential', potentials.create(config.potential).elements, structure);
}

function requireElements(place: string, known: readonly string[] | undefined, { elements }: Structure): void {
  const missing = elements.filter((e) => known && !known.includes(e));
  if (missing.length > 0)
    throw new UserError(
      `${place}: knows ${known!.join(', ')}, must know every element of the structure; choose one that knows ${missing.join(', ')}`,
    );
}
