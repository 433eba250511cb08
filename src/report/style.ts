/**
 * Style of the page. Colours of the rollouts after Okabe and Ito, which colour-blind readers can tell apart; line widths and
 * dashes differ too. Paper is always light.
 */
export const STYLE = `
:root{color-scheme:light;--page:#fff;--ink:#1b1f24;--soft:#5a636e;--rule:#d9dee4;--grid:#edf0f3;--band:#dfe3e8;--tint:#f3f7fb;
--first:#d55e00;--best:#0068a8;--last:#b0578d}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--page:#14171b;--ink:#e6e9ed;--soft:#9aa4af;--rule:#333a42;
--grid:#23282e;--band:#383f48;--tint:#1b232c;--first:#f08a3c;--best:#56b4e9;--last:#e08fc0}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1152px;margin:0 auto;padding:28px 24px 40px}
h1{font-size:24px;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:18px;margin:30px 0 10px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:14px;margin:0;font-weight:600}
p{margin:2px 0;color:var(--soft);font-size:13px}
small{font-size:inherit;color:var(--soft);font-weight:400}
.headline{display:grid;grid-template-columns:repeat(auto-fit,minmax(225px,1fr));gap:18px 28px;margin:26px 0 0}
dt{font-size:13px;color:var(--soft)}
dd{margin:0;font-size:23px;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
dd small{font-size:15px}
dd p{font-weight:400;white-space:normal}
.arrow{font-weight:400;color:var(--soft)}
figure{margin:0 0 18px;min-width:0;break-inside:avoid}
figcaption{margin-bottom:10px}
.plot{position:relative;margin:0 10px 0 52px}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:hidden}
.plot path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}
.plot i{position:absolute;font:12px/1 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--soft);
font-variant-numeric:tabular-nums;white-space:nowrap}
.plot i.x{top:100%;margin-top:7px;transform:translateX(-50%)}
.plot i.y{right:100%;margin-right:8px;transform:translateY(50%)}
.axis{margin:24px 10px 0 52px;text-align:center;font-size:12px;color:var(--soft)}
.grid{stroke:var(--grid)}
.zero{stroke:var(--soft);stroke-width:1;opacity:.6}
.level{stroke:var(--soft);stroke-width:1.3;stroke-dasharray:5 5}
.curve{stroke:var(--best);stroke-width:1.6}
.dot{stroke:var(--best);stroke-width:7}
.dot.best{stroke-width:13}
.label{position:absolute;font-size:13px;line-height:1;white-space:nowrap;
text-shadow:0 0 3px var(--page),0 0 3px var(--page),0 0 3px var(--page)}
.label.above{margin-bottom:6px}
.label.below{transform:translateY(100%);margin-bottom:-11px}
.label.above.left{transform:translateX(-100%)}
.label.below.left{transform:translate(-100%,100%);margin-left:8px}
.label.below.right{margin-left:-8px}
.line{fill:none;stroke-width:1.2}
.first{stroke:var(--first)}
.best{stroke:var(--best)}
.last{stroke:var(--last)}
.line.best{stroke-width:1.6}
.line.last{stroke-dasharray:6 3}
.plot .line.last{stroke-linecap:butt}
.track{stroke:var(--band);stroke-width:9}
.chevron{stroke:var(--ink);stroke-width:2}
.start{stroke-width:11}
.key{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:4px 22px;padding:8px 0;margin-bottom:8px;
background:var(--page);font-size:14px}
.key label{display:flex;align-items:center;gap:6px;cursor:pointer}
.key input{margin:0;accent-color:var(--soft)}
.key svg{width:28px;height:10px}
.key .line{stroke-width:3}
.key small{margin-left:-2px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:0 24px;margin-bottom:-18px}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(240px,45%),1fr));gap:4px 12px;margin:14px 0 -18px}
.table{overflow:auto;max-height:620px}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th,td{padding:5px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
thead th{position:sticky;top:0;background:var(--page);font-weight:600;border-bottom-color:var(--rule);
vertical-align:bottom;white-space:normal}
th:first-child,td:first-child{padding-left:8px;text-align:left}
tbody th{font-weight:400}
tr.best{background:var(--tint)}
tr.best th{font-weight:600}
summary{cursor:pointer;font-size:14px}
pre{overflow:auto;padding:14px;background:var(--tint);font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{margin-top:40px;font-size:13px;color:var(--soft)}
@media (max-width:560px){main{padding:20px 14px 32px}.plot,.axis{margin-left:44px}
.headline{grid-template-columns:repeat(auto-fit,minmax(140px,1fr))}dd{font-size:18px}}
@media print{@page{margin:14mm}main{max-width:none;padding:0}body{font-size:11pt}h2{margin-top:24px;break-after:avoid}
.key{position:static}.key input,.screen{display:none}
.multiples{grid-template-columns:1fr 1fr 1fr}.table{max-height:none;overflow:visible}table{font-size:9pt}th,td{padding:2px 5px}
thead th{position:static}pre{white-space:pre-wrap;font-size:8.5pt}summary{display:none}
details::details-content{content-visibility:visible;block-size:auto}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
