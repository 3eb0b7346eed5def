import { atomCount } from '../core/structure.ts';
import { parseXyz, readXyz, type XyzFrame } from '../io/extxyz.ts';
import { vaspStress } from '../io/vaspStress.ts';
import { formatXyz } from '../io/writeXyz.ts';
import { labelOf } from '../io/xyzLabel.ts';
import type { LabelledFrame } from '../learn/dataset.ts';

/** One frame of the training set as extended XYZ that reads back bitwise; `frame` is its running number from 1. */
export function formatDatasetFrame(frame: number, f: LabelledFrame): string {
  return formatXyz({
    structure: f.structure,
    label: f.label,
    info: { group: f.group, generation: f.generation, faithful: f.faithful, frame },
    columns: { core: Int32Array.from(f.core) },
  });
}

export interface DatasetKeys {
  /** Of a stress as VASP prints it; see vaspStress.ts. */
  readonly vaspStress?: string | undefined;
}

/** The frames of a data set. A file from elsewhere is all core and all faithful. Throws a UserError. */
export function readDataset(path: string, keys: DatasetKeys = {}): LabelledFrame[] {
  return readXyz(path).map((frame) => frameOf(frame, keys));
}

/** As {@link readDataset}, of a text; `file` names it in errors. */
export function parseDataset(text: string, file: string): LabelledFrame[] {
  return parseXyz(text, file).map((frame) => frameOf(frame, {}));
}

function frameOf(frame: XyzFrame, keys: DatasetKeys): LabelledFrame {
  const { info, columns, structure } = frame;
  const core = columns.core;
  const stress = keys.vaspStress === undefined ? undefined : vaspStress(frame, keys.vaspStress);
  return {
    structure,
    label: { ...labelOf(frame), ...(stress && { stress }) },
    core: core ? Uint8Array.from(core as ArrayLike<number>) : new Uint8Array(atomCount(structure)).fill(1),
    faithful: info.faithful !== 'F',
    group: info.group ?? info.config_type ?? 'data',
    generation: Number(info.generation ?? 1),
  };
}
