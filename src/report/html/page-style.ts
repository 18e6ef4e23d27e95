/** How the page looks: in light and dark, on a phone and on paper. */
export const pageStyle = `
:root{color-scheme:light dark;--back:#fff;--fore:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--good:#116329;--bad:#a40e26;--link:#0550ae;
--load:#8250df;--text:#bf3989;--sampling:#0969da;--decode:#1a7f37;--combine:#bc4c00;--other:#6e7781}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--fore:#e6edf3;--soft:#9ea7b3;--line:#3d444d;--card:#151b23;--good:#56d364;--bad:#ff7b72;--link:#79c0ff;
--load:#a371f7;--text:#f778ba;--sampling:#4493f8;--decode:#3fb950;--combine:#f0883e;--other:#9198a1}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--back);color:var(--fore);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{margin:.5rem 0;font-size:1.6rem}h2{margin:0 0 .5rem;font-size:1.2rem}h3{margin:1rem 0 .25rem;font-size:1rem}
section{margin:1rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}
nav a{margin-right:.8rem}a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}dt{color:var(--soft)}dd{margin:0}
table{border-collapse:collapse;font-size:.875rem}th,td{padding:.2rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.wide{overflow-x:auto}.wide table{overflow-wrap:normal}
code,.code{font:.85rem/1.45 ui-monospace,monospace;overflow-wrap:anywhere}pre{margin:.25rem 0;white-space:pre-wrap;font:.85rem/1.45 ui-monospace,monospace}
.good{color:var(--good)}.bad{color:var(--bad)}.soft{color:var(--soft)}
input,button{font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:.35rem;padding:.35rem .6rem}input{width:min(100%,24rem)}
.bar,.track{display:flex;height:.75rem;border-radius:.2rem;overflow:hidden;background:var(--line)}.track{position:relative}.track>span{position:absolute;top:0;bottom:0;display:flex;min-width:2px}
.load{background:var(--load)}.text{background:var(--text)}.sampling{background:var(--sampling)}.decode{background:var(--decode)}.combine{background:var(--combine)}.other{background:var(--other)}
.key{display:inline-block;width:.75rem;height:.75rem;border-radius:.2rem;margin-right:.35rem}
ul.jobs{list-style:none;margin:.5rem 0;padding:0}ul.jobs>li{border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 2.4rem}
summary{cursor:pointer}.jobs>li>details>summary{display:grid;grid-template-columns:minmax(16rem,1fr) 9rem minmax(0,2fr);gap:.75rem;align-items:center;padding:.35rem 0}
.jobs>li>details>summary>:first-child::before{content:"▸ ";color:var(--soft)}.jobs>li>[open]>summary>:first-child::before{content:"▾ "}.body{padding:.25rem 0 1rem}
tr{content-visibility:auto}
svg{display:block;max-width:none}svg rect{fill:var(--back);stroke:var(--soft)}svg path{fill:none;stroke:var(--soft);stroke-width:1.5}svg text{fill:var(--fore);font:12px system-ui,sans-serif}svg text.class{fill:var(--soft);font-size:10.5px}
@media(max-width:40rem){body{padding:.5rem}section{padding:.6rem}dl{grid-template-columns:1fr}dt{margin-top:.3rem}.jobs>li>details>summary{grid-template-columns:1fr auto}.jobs .track{grid-column:1/-1}}
`
