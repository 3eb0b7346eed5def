/** JSON in which typed arrays keep their kind and every bit: base64 of their little-endian bytes. */

const KINDS = { f64: Float64Array, i32: Int32Array, u8: Uint8Array } as const;
type Kind = keyof typeof KINDS;

export function stringifyTyped(value: unknown): string {
  return JSON.stringify(value, (_key, v) => {
    const kind = (Object.keys(KINDS) as Kind[]).find((k) => v instanceof KINDS[k]);
    return kind ? { [kind]: Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64') } : v;
  });
}

/** The inverse of {@link stringifyTyped}. */
export function parseTyped(text: string): unknown {
  return JSON.parse(text, (_key, v) => {
    if (typeof v !== 'object' || v === null) return v;
    const [kind, ...others] = Object.keys(v);
    if (others.length > 0 || !(kind in KINDS) || typeof v[kind] !== 'string') return v;
    const bytes = Buffer.from(v[kind], 'base64');
    return new KINDS[kind as Kind](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  });
}
