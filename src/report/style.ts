/** The page's look: one column of text and figures, light or dark as the reader's system is. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1d2733;--quiet:#66727f;--grid:#e6eaee;--wash:#f5f7f9;--line:#d8dee4;
--blue:#0072b2;--orange:#e69f00;--vermilion:#d55e00;--green:#009e73;--sky:#56b4e9;--purple:#cc79a7;--accent:#0072b2}
@media (prefers-color-scheme:dark){:root{--paper:#14191f;--ink:#e4e9ee;--quiet:#98a5b2;--grid:#262e37;--wash:#1b2229;--line:#323c47;
--blue:#4aa8e0;--orange:#f0b436;--vermilion:#f07f3c;--green:#2bbd92;--sky:#8fd0f5;--purple:#dd97bd;--accent:#6cbcf0}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:56px}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,nav>div{max-width:1080px;margin:0 auto;padding:0 28px}
nav{position:sticky;top:0;z-index:5;background:var(--paper);border-bottom:1px solid var(--line)}
nav>div{display:flex;gap:22px;overflow-x:auto;white-space:nowrap}
nav a{color:var(--quiet);text-decoration:none;font-size:13.5px;padding:11px 0}
nav a:hover,nav a:focus-visible{color:var(--accent)}
header{padding:34px 0 6px}
.kicker{margin:0;color:var(--quiet);font-size:13px}
h1{margin:4px 0 20px;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.01em}
.badge{display:inline-block;vertical-align:middle;margin-left:10px;padding:3px 11px;border-radius:99px;font-size:12.5px;font-weight:600;letter-spacing:0;
color:var(--tone);border:1px solid var(--tone);line-height:1.5}
.badge.good{--tone:var(--green)}.badge.warn{--tone:var(--vermilion)}.badge.calm{--tone:var(--quiet)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:1px;width:min(100%,calc(var(--n)*160px));margin:0 0 22px;background:var(--line);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.tiles div{background:var(--paper);padding:12px 16px}
.tiles dt{color:var(--quiet);font-size:12.5px}
.tiles dd{margin:2px 0 0;font-size:22px;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums}
.tiles small{display:block;color:var(--quiet);font-size:12px;font-weight:400}
.story{max-width:78ch;font-size:16px;margin:0}
section{padding-top:38px}
h2{font-size:20px;font-weight:650;margin:0 0 14px;padding-bottom:6px;border-bottom:1px solid var(--line)}
body{counter-reset:figure table}
.figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:30px 36px}
figure{margin:0;grid-column:1/-1;min-width:0;position:relative}
figure.half{grid-column:auto}
figure svg{display:block;width:100%;height:auto;max-width:var(--natural)}
figure svg a{cursor:pointer}
figcaption{margin-top:8px;font-size:13px;line-height:1.5;color:var(--quiet);max-width:96ch}
figcaption b{color:var(--ink);font-weight:600}
.plot figcaption::before{counter-increment:figure;content:"Figure " counter(figure) ". ";font-weight:600;color:var(--ink)}
.table-caption::before{counter-increment:table;content:"Table " counter(table) ". ";font-weight:600;color:var(--ink)}
.save{position:absolute;right:0;top:-4px;opacity:0;font-size:11.5px;padding:2px 8px}
figure:hover .save,.save:focus-visible{opacity:1}
.tabular,.below{margin-top:26px}.table-caption{margin:0 0 8px}
.scroll{overflow:auto;max-height:520px;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:left;white-space:nowrap;vertical-align:top}
th{position:sticky;top:0;background:var(--wash);font-weight:600;font-size:12px;line-height:1.3;vertical-align:bottom;box-shadow:0 1px 0 var(--line);white-space:normal}
th[title]{text-decoration:underline dotted var(--quiet);text-underline-offset:3px}
.unit{display:block;color:var(--quiet);font-weight:400}
.n{text-align:right}.wrap{white-space:normal;min-width:15em}
tbody tr+tr td{border-top:1px solid var(--grid)}
tr.aside td{color:var(--quiet)}
tr.link{cursor:pointer}
tr.link:hover td,tr.link:focus-visible td{background:var(--wash)}
tr.link:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
tr.on td,tr.on:hover td{background:color-mix(in srgb,var(--accent) 14%,var(--paper))}
.tag{color:var(--vermilion);font-size:11.5px;font-weight:600}
.viewer{display:grid;grid-template-columns:minmax(0,1.65fr) minmax(270px,1fr);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.stage{position:relative;border-right:1px solid var(--line);display:flex;flex-direction:column}
.canvas{position:relative;height:440px;overflow:hidden}
.canvas p{position:absolute;inset:0;display:grid;place-items:center;margin:0;color:var(--quiet)}
.legend{display:grid;grid-template-columns:auto 1fr;gap:0 10px;align-items:center;padding:8px 34px 8px 16px;border-top:1px solid var(--grid);font-size:12px}
.ramp{height:10px;border-radius:3px}
.ticks{grid-column:2;position:relative;height:18px;color:var(--quiet)}
.ticks i{position:absolute;transform:translateX(-50%);font-style:normal;white-space:nowrap;padding-top:2px}
.ticks i:first-child{transform:none}
.side{padding:14px 18px;max-height:510px;overflow:auto;min-width:0}
.controls .row{display:flex;gap:8px;margin-bottom:10px;flex-wrap:wrap;align-items:center}
.controls .row:empty{display:none}
.controls .pick{flex:1;min-width:0}
button,select{font:inherit;font-size:13px;color:var(--ink);background:var(--wash);border:1px solid var(--line);border-radius:6px;padding:4px 10px;cursor:pointer}
button:hover,select:hover{border-color:var(--quiet)}
button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--paper)}
label{font-size:13px;color:var(--quiet);display:flex;gap:6px;align-items:center}
.slide input{width:84px;accent-color:var(--accent)}
.slide output{min-width:3.2em;color:var(--ink);font-variant-numeric:tabular-nums}
.hint{margin:0 0 12px;color:var(--quiet);font-size:12.5px;line-height:1.45}
.facts{display:grid;grid-template-columns:auto 1fr;gap:4px 14px;margin:0;font-size:13px;line-height:1.45;border-top:1px solid var(--grid);padding-top:10px}
.facts[hidden]{display:none}
.facts dt{color:var(--quiet);white-space:nowrap}.facts dd{margin:0;overflow-wrap:anywhere}
details{border:1px solid var(--line);border-radius:8px;margin-bottom:10px;padding:0 16px}
summary{cursor:pointer;padding:10px 0;font-weight:600}
pre{background:var(--wash);border-radius:6px;padding:12px 14px;overflow:auto;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;max-height:520px;margin:0 0 14px}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.notes{color:var(--quiet);font-size:13px}
footer{margin:44px 0 30px;padding-top:12px;border-top:1px solid var(--line);color:var(--quiet);font-size:12.5px}
@media (max-width:820px){.viewer,.figures{grid-template-columns:minmax(0,1fr)}figure.half{grid-column:1/-1}.stage{border-right:0}}
@media print{nav,.controls,.save{display:none}.scroll,.side{max-height:none}section{break-inside:avoid-page}}
`;
