import { type Harmonics, harmonics, lmCount } from './harmonics.ts';
import type { AceTables } from './tables.ts';

/** Scratch for one centre and its neighbours; it grows with the neighbourhood and is never freed. */
export interface Site {
  readonly tables: AceTables;
  readonly harmonics: Harmonics;
  /** Species of the centre. */
  centre: number;
  /** Neighbours within the cutoffs. */
  count: number;
  /** Per neighbour: atom index, species, distance (Å), unit vector from the centre [3]. */
  atom: Int32Array;
  species: Int32Array;
  r: Float64Array;
  u: Float64Array;
  /** Radial functions and slopes, [count × maxChannels]. */
  R: Float64Array;
  dR: Float64Array;
  /** Q_lm and dQ_lm/dz, [count × lmCount]; (x + iy)^m, [count × (lmax + 1)]. */
  Q: Float64Array;
  dQ: Float64Array;
  eRe: Float64Array;
  eIm: Float64Array;
  /** Core repulsion and slope, eV and eV/Å. */
  v: Float64Array;
  dv: Float64Array;
  /** Values of the product graph, and the derivative of the energy by them. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly wRe: Float64Array;
  readonly wIm: Float64Array;
  /** Terms, [terms]. */
  readonly term: Float64Array;
  /** g_k and slopes of one neighbour. */
  readonly g: Float64Array;
  readonly dg: Float64Array;
}

export function createSite(tables: AceTables): Site {
  const values = Math.max(...tables.centres.map((c) => c.valueCount));
  const K = Math.max(1, ...tables.bonds.map((b) => b.baseCount));
  const none = new Float64Array(0);
  const site: Site = {
    tables,
    harmonics: harmonics(tables.lmax),
    centre: 0,
    count: 0,
    atom: new Int32Array(0),
    species: new Int32Array(0),
    r: none,
    u: none,
    R: none,
    dR: none,
    Q: none,
    dQ: none,
    eRe: none,
    eIm: none,
    v: none,
    dv: none,
    re: new Float64Array(values),
    im: new Float64Array(values),
    wRe: new Float64Array(values),
    wIm: new Float64Array(values),
    term: new Float64Array(Math.max(...tables.centres.map((c) => c.termCount))),
    g: new Float64Array(K),
    dg: new Float64Array(K),
  };
  reserve(site, 64);
  return site;
}

/** Makes room for `neighbours`; what the arrays held is lost. */
export function reserve(site: Site, neighbours: number): void {
  if (site.atom.length >= neighbours) return;
  const room = Math.ceil(neighbours * 1.25);
  const { lmax, maxChannels } = site.tables;
  site.atom = new Int32Array(room);
  site.species = new Int32Array(room);
  site.r = new Float64Array(room);
  site.u = new Float64Array(3 * room);
  site.R = new Float64Array(room * maxChannels);
  site.dR = new Float64Array(room * maxChannels);
  site.Q = new Float64Array(room * lmCount(lmax));
  site.dQ = new Float64Array(room * lmCount(lmax));
  site.eRe = new Float64Array(room * (lmax + 1));
  site.eIm = new Float64Array(room * (lmax + 1));
  site.v = new Float64Array(room);
  site.dv = new Float64Array(room);
}
