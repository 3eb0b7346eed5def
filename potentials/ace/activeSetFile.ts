import { UserError } from '../../src/core/errors.ts';

/**
 * The field's .asi file: a ZIP archive with one stored NumPy array per element, the square inverse of its active set. The row
 * is the component of the projection vector in canonical order, the column the member of the set: γ = max_k |Σ_f v_f M[f][k]|.
 */
export interface ActiveSetMatrix {
  readonly size: number;
  /** Row-major [size × size]. */
  readonly inverse: Float64Array;
}

/** Matrices by element symbol. Throws a UserError for a file that breaks the format. */
export function readActiveSets(bytes: Uint8Array, file = 'potential.asi'): Map<string, ActiveSetMatrix> {
  const sets = new Map<string, ActiveSetMatrix>();
  for (const { name, data } of unzip(bytes, file)) {
    if (!name.endsWith('.npy'))
      throw new UserError(`${file} ${name}: must be an .npy array; remove the member`);
    sets.set(name.slice(0, -4), readSquare(data, `${file} ${name}`));
  }
  return sets;
}

/** Checks that `sets` fits elements with `functions` functions each; `full` sets hold one block of functions per density. */
export function activeSetKind(
  sets: ReadonlyMap<string, ActiveSetMatrix>,
  elements: readonly { readonly symbol: string; readonly functions: number; readonly densities: number }[],
  file = 'potential.asi',
): 'linear' | 'full' {
  const names = elements.map((e) => e.symbol);
  if (sets.size !== names.length || names.some((n) => !sets.has(n)))
    throw new UserError(
      `${file}: holds ${[...sets.keys()].join(', ')}, must hold exactly ${names.join(', ')}`,
    );
  const fits = (width: (e: (typeof elements)[number]) => number) =>
    elements.every((e) => sets.get(e.symbol)!.size === width(e));
  if (fits((e) => e.functions)) return 'linear';
  if (fits((e) => e.functions * e.densities)) return 'full';
  const sizes = elements.map((e) => `${e.symbol}: ${sets.get(e.symbol)!.size} for ${e.functions} functions`);
  throw new UserError(
    `${file}: sizes fit neither a linear nor a full set (${sizes.join('; ')}); use the potential it was made for`,
  );
}

/** The archive as NumPy and the field's programs read it. */
export function writeActiveSets(sets: ReadonlyMap<string, ActiveSetMatrix>): Uint8Array {
  return zip([...sets].map(([symbol, set]) => ({ name: `${symbol}.npy`, data: writeSquare(set) })));
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const PREFIX = 10;

function readSquare(bytes: Uint8Array, place: string): ActiveSetMatrix {
  if (MAGIC.some((b, k) => bytes[k] !== b))
    throw new UserError(`${place}: must be a NumPy array; its magic is missing`);
  if (bytes[6] !== 1) throw new UserError(`${place}: got .npy version ${bytes[6]}, must be 1; save it anew`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = PREFIX + view.getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(PREFIX, start));
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\s*\)/.exec(header);
  if (!/'descr':\s*'<f8'/.test(header) || !/'fortran_order':\s*False/.test(header) || !shape)
    throw new UserError(`${place}: got ${header.trim()}, must be a float64 matrix in C order; save it so`);
  const [rows, columns] = [Number(shape[1]), Number(shape[2])];
  if (rows !== columns) throw new UserError(`${place}: got ${rows} × ${columns}, must be square`);
  if (bytes.length - start !== 8 * rows * columns)
    throw new UserError(
      `${place}: holds ${bytes.length - start} bytes of data, must hold ${8 * rows * columns}`,
    );
  const inverse = new Float64Array(rows * columns);
  for (let k = 0; k < inverse.length; k++) inverse[k] = view.getFloat64(start + 8 * k, true);
  return { size: rows, inverse };
}

function writeSquare({ size, inverse }: ActiveSetMatrix): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${size}, ${size}), }`;
  const start = Math.ceil((PREFIX + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + 8 * inverse.length);
  const view = new DataView(bytes.buffer);
  bytes.set([...MAGIC, 1, 0]);
  view.setUint16(8, start - PREFIX, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - PREFIX - 1)}\n`), PREFIX);
  for (let k = 0; k < inverse.length; k++) view.setFloat64(start + 8 * k, inverse[k], true);
  return bytes;
}

interface Member {
  readonly name: string;
  readonly data: Uint8Array;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** Stored members, found through the central directory: NumPy's local headers leave sizes to a ZIP64 field. */
function unzip(bytes: Uint8Array, file: string): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0)
    throw new UserError(
      `${file}: must be a ZIP archive; its directory is missing, the file may be cut short`,
    );
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL)
      throw new UserError(`${file}: the ZIP directory is damaged; fetch the file again`);
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (view.getUint16(at + 10, true) !== 0)
      throw new UserError(
        `${file} ${name}: is compressed, must be stored; write the archive without compression`,
      );
    const size = view.getUint32(at + 24, true);
    const local = view.getUint32(at + 42, true);
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL)
      throw new UserError(`${file} ${name}: the ZIP entry is damaged; fetch the file again`);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = bytes.subarray(start, start + size);
    if (crc32(data) !== view.getUint32(at + 16, true))
      throw new UserError(`${file} ${name}: the checksum does not match; fetch the file again`);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    return { name, data };
  });
}

function zip(members: readonly Member[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, data } of members) {
    const title = new TextEncoder().encode(name);
    // Version, flags, method, time, date (1 January 1980), checksum, sizes, name length: shared by both headers.
    const shared = [...u16(20), ...u16(0), ...u16(0), ...u16(0), ...u16(33), ...u32(crc32(data))];
    const sizes = [...u32(data.length), ...u32(data.length), ...u16(title.length), ...u16(0)];
    const local = Uint8Array.from([...u32(LOCAL), ...shared, ...sizes, ...title]);
    directory.push(
      Uint8Array.from([
        ...u32(CENTRAL),
        ...u16(20),
        ...shared,
        ...sizes,
        ...new Array<number>(10).fill(0),
        ...u32(at),
        ...title,
      ]),
    );
    parts.push(local, data);
    at += local.length + data.length;
  }
  const length = directory.reduce((sum, d) => sum + d.length, 0);
  const count = u16(members.length);
  const end = [...u32(END), ...u16(0), ...u16(0), ...count, ...count, ...u32(length), ...u32(at), ...u16(0)];
  return concatenate([...parts, ...directory, Uint8Array.from(end)]);
}

const u16 = (x: number) => [x & 255, x >>> 8];
const u32 = (x: number) => [x & 255, (x >>> 8) & 255, (x >>> 16) & 255, x >>> 24];

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) c = CRC_TABLE[(c ^ bytes[k]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
