/** The style sheet of the report: no outside fonts or images, one column on a phone, dark where the reader prefers it. */
export const reportStyle = `<style>
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1, h2 { line-height: 1.2; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
code { font: .9em ui-monospace, monospace; }
.proof { border-left: 4px solid var(--good); padding-left: .8rem; }
.limit { border-left: 4px solid var(--line); padding-left: .8rem; opacity: .8; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
td code { overflow-wrap: anywhere; }
table.configured { min-width: 50rem; }
td ul { margin: 0; padding-left: 1.1rem; min-width: 16rem; overflow-wrap: anywhere; }
th[scope=row] { white-space: nowrap; }
th small { display: block; font-weight: normal; opacity: .65; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
ol.timeline { list-style: none; margin: 0; padding: 0 0 0 1rem; border-left: 2px solid var(--line); }
ol.timeline li { padding: .3rem 0; }
ol.timeline li::before { content: '●'; margin-left: -1.42rem; margin-right: .6rem; }
ol.timeline small { display: block; opacity: .65; }
time { font-variant-numeric: tabular-nums; opacity: .75; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; padding: .3rem 0; }
</style>`;
