import { existsSync, readFileSync } from 'node:fs';
import type { TopLevelSpec } from 'vega-lite';
import { parse } from 'yaml';
import { describeMember, shownPlace, shownValue } from '../campaign/members.ts';
import { type Campaign, memberRoot, readCampaign } from '../campaign/prepare.ts';
import { UserError } from '../core/errors.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { pathsIn } from '../run/directory.ts';
import { readLedger } from '../run/ledger.ts';
import { runStatus } from '../run/status.ts';
import type { WatchedRun } from './campaignEvents.ts';
import type { DataTable } from './dataTable.ts';
import { tableMarkup } from './dataTable.ts';
import { figures, renderDocument } from './document.ts';
import { type Figure, FULL_WIDTH } from './figure.ts';
import { integer, milli, number } from './format.ts';
import { html } from './html.ts';
import { historyOf } from './read/history.ts';
import { readStrain, type StrainData } from './read/strain.ts';
import { campaignEvents, watchedRun } from './sections/campaignEvents.ts';
import { notes as notesMarkup } from './sections/reproduce.ts';

/** What one member came to, from its files alone. */
interface Result {
  readonly who: string;
  readonly values: readonly string[];
  readonly state: string;
  readonly reached: number;
  readonly pauses: number;
  /** Asked for by itself, and taken over from others. */
  readonly labels: number;
  readonly shared: number;
  /** Of the labels it asked for. */
  readonly hashes: readonly string[];
  readonly forceRmse: number | null;
  /** eV/Å, on fresh frames of the reference. */
  readonly validated: number | undefined;
  readonly strain: StrainData | undefined;
  /** Of one that looked for rare events. */
  readonly watched: WatchedRun | undefined;
}

function resultOf(
  root: string,
  campaign: Campaign,
  member: Campaign['members'][number],
  notes: string[],
): Result {
  const place = memberRoot(root, member);
  const at = pathsIn(place);
  const status = runStatus(place);
  const events = readLedger(at('ledger.jsonl'));
  const history = historyOf(events);
  const config = parse(readFileSync(at('config.resolved.yaml'), 'utf8'));
  return {
    ...status,
    who: member.name,
    values: Object.entries(member.values).map(([path, value]) =>
      shownValue(path, value, campaign.vary[path]),
    ),
    shared: events.reduce((sum, e) => sum + (e.type === 'shared' ? e.frames : 0), 0),
    hashes: events.flatMap((e) => (e.type === 'labelled' ? [e.hash] : [])),
    validated: history.validated?.summary.generations.at(-1)?.forceRmse,
    strain: readStrain(at, config),
    watched: watchedRun(member.name, at, history, notes),
  };
}

/** What all members came to, a row each. */
function comparison(campaign: Campaign, results: readonly Result[]): DataTable {
  const yields = results.some((r) => r.strain);
  const checked = results.some((r) => r.validated !== undefined);
  return {
    caption: `Members of the campaign${campaign.share ? ', which learn each other’s labels' : ''}.`,
    heads: [
      { text: 'run' },
      ...Object.keys(campaign.vary).map((path) => ({ text: shownPlace(path) })),
      { text: 'state' },
      { text: 'steps', numeric: true },
      { text: 'pauses', numeric: true },
      { text: 'labels', numeric: true, hint: 'asked for by this run' },
      { text: 'taken over', numeric: true, hint: 'labels that others bought' },
      { text: 'training force RMSE', unit: 'meV/Å', numeric: true },
      ...(checked ? [{ text: 'fresh force RMSE', unit: 'meV/Å', numeric: true }] : []),
      ...(yields
        ? [
            { text: 'yield strain', numeric: true },
            { text: 'yield stress', unit: 'GPa', numeric: true },
            { text: '±', unit: 'GPa', numeric: true, hint: 'twice the spread of the members there' },
          ]
        : []),
    ],
    rows: results.map((r) => [
      r.who,
      ...r.values,
      r.state,
      integer(r.reached),
      integer(r.pauses),
      integer(r.labels),
      integer(r.shared),
      milli(r.forceRmse),
      ...(checked ? [milli(r.validated)] : []),
      ...(yields ? yieldCells(r.strain) : []),
    ]),
  };
}

function yieldCells(strain: StrainData | undefined): string[] {
  const found = strain?.run.yields;
  return found
    ? [number(found.strain), number(found.stress), number(2 * strain.run.spread[found.index], 2)]
    : ['–', '–', '–'];
}

/** Curves of all members in one plot; undefined where nothing was strained. */
function curves(campaign: Campaign, results: readonly Result[]): Figure | undefined {
  const values = results.flatMap(({ strain }, k) => {
    if (!strain) return [];
    const { run } = strain;
    const every = Math.max(1, Math.ceil(run.strain.length / 400));
    return run.strain.flatMap((x, i) =>
      i % every === 0
        ? [
            {
              k: i,
              x,
              y: run.stress[i],
              member: `${results[k].who} ${describeMember(campaign.members[k], campaign.vary)}`,
            },
          ]
        : [],
    );
  });
  if (values.length === 0) return undefined;
  const spec = {
    width: FULL_WIDTH - 160,
    height: 340,
    data: { values },
    mark: { type: 'line', strokeWidth: 1.5 },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: 'strain' },
      y: { field: 'y', type: 'quantitative', title: 'stress (GPa)' },
      order: { field: 'k', type: 'quantitative' },
      color: { field: 'member', type: 'nominal', title: null },
    },
  } as TopLevelSpec;
  return {
    id: 'campaign-strain',
    title: 'Stress against strain of all members',
    caption: 'Each along its own driven component, a moving average of five points.',
    spec,
  };
}

/** Labels that each member asked for and took over. */
function labels(results: readonly Result[]): Figure | undefined {
  if (results.every((r) => r.labels === 0)) return undefined;
  const values = results.flatMap((r) => [
    { who: r.who, kind: 'asked for', n: r.labels },
    { who: r.who, kind: 'taken over', n: r.shared },
  ]);
  const spec = {
    width: FULL_WIDTH - 160,
    height: Math.max(60, 26 * results.length),
    data: { values },
    mark: 'bar',
    encoding: {
      y: { field: 'who', type: 'nominal', title: 'run' },
      x: { field: 'n', type: 'quantitative', title: 'labels' },
      color: { field: 'kind', type: 'nominal', title: null },
    },
  } as TopLevelSpec;
  return {
    id: 'campaign-labels',
    title: 'Labels',
    caption:
      'What each member asked for itself (the same structure is paid for once), and what it learned from others.',
    spec,
  };
}

/** How far all members are and what they came to, by now. Throws a UserError where there is no campaign. */
export function campaignTable(root: string): DataTable {
  const { campaign, results } = readResults(root);
  return comparison(campaign, results);
}

function readResults(root: string): { campaign: Campaign; results: Result[]; notes: string[] } {
  const campaign = readCampaign(root);
  if (!campaign)
    throw new UserError(`campaign: '${root}' holds none (no campaign.json); name the folder of one`);
  const notes: string[] = [];
  const results = campaign.members.map((member) => resultOf(root, campaign, member, notes));
  return { campaign, results, notes };
}

/** Writes one report that compares the members. Throws a UserError where there is no campaign. */
export async function writeCampaignReport(root: string): Promise<{ report: string; table: DataTable }> {
  const { campaign, results, notes } = readResults(root);
  const table = comparison(campaign, results);
  const bought = new Set(results.flatMap((r) => r.hashes)).size;
  const reports = campaign.members.filter((m) => existsSync(`${memberRoot(root, m)}/report.html`));
  const page = renderDocument({
    title: `${campaign.title} · campaign`,
    header: html`<header id="summary"><h1>${campaign.title}</h1><p>${results.length} runs, ${results.filter((r) => r.state === 'finished').length} of them finished, ${integer(bought)} different labels bought.</p></header>`,
    sections: [
      {
        id: 'comparison',
        title: 'Comparison',
        parts: [tableMarkup(table), await figures(curves(campaign, results), labels(results))],
      },
      await campaignEvents(results.flatMap((r) => r.watched ?? [])),
      {
        id: 'members',
        title: 'Reports of the members',
        parts: [
          reports.length > 0
            ? html`<ul>${reports.map((m) => html`<li><a href="runs/${m.name}/report.html">${m.name}</a> ${describeMember(m, campaign.vary)}</li>`)}</ul>`
            : undefined,
        ],
      },
      { id: 'notes', title: 'Notes on the data', parts: [notesMarkup(notes)] },
    ],
    footer: html`Written by serendip from the files of the campaign.`,
  });
  const report = pathsIn(root)('report.html');
  writeFileAtomic(report, page);
  return { report, table };
}
