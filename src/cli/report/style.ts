/** The style of the report: a screen, a phone, paper. */
export const STYLE = `
:root { color-scheme: light; --ink: #101828; --soft: #475467; --rule: #e4e7ec; --ground: #f8fafc; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; line-height: 1.5;
  font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'PingFang SC',
    'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif; font-size: 16px; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.35rem; margin: 48px 0 4px; padding-top: 20px; border-top: 2px solid var(--ink); }
h3 { font-size: 1.1rem; margin: 36px 0 10px; }
h4 { font-size: 1rem; margin: 18px 0 8px; }
p { margin: 6px 0; }
.soft { color: var(--soft); font-size: .9rem; }
.lang { position: absolute; opacity: 0; pointer-events: none; }
.switch { float: right; display: flex; border: 1px solid #d0d5dd; border-radius: 8px; overflow: hidden;
  font-size: .9rem; }
.switch label { padding: 4px 12px; cursor: pointer; }
#lang-en:checked ~ main .zh, #lang-zh:checked ~ main .en { display: none; }
#lang-en:checked ~ main label[for=lang-en], #lang-zh:checked ~ main label[for=lang-zh] {
  background: var(--ink); color: #fff; }
.lang:focus-visible ~ main .switch { outline: 2px solid #2563eb; outline-offset: 2px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px;
  margin: 20px 0 0; }
.figures > div { border: 1px solid var(--rule); border-radius: 10px; padding: 12px 14px; }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 2px 0 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures small { font-weight: 400; font-size: .85rem; color: var(--soft); display: block; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 20px; }
figure { margin: 0; break-inside: avoid; min-width: 0; }
figcaption { font-size: .9rem; }
.chart { width: 100%; height: auto; display: block; }
.legend { color: var(--soft); margin: 2px 0 6px; display: flex; flex-wrap: wrap; gap: 2px 16px; }
.legend i { display: inline-block; width: 22px; border-top: 3px solid; margin-right: 6px;
  vertical-align: middle; }
.legend i.dashed { border-top-style: dashed; }
.legend i.faint { border-top-width: 1px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
th { font-weight: 600; text-align: left; }
.plain th, .plain td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--rule); text-align: right;
  white-space: nowrap; }
.plain { min-width: min(100%, 560px); }
.plain th:first-child { text-align: left; }
.plain thead th { color: var(--soft); font-weight: 500; }
.plain tr.sum th, .plain tr.sum td { border-bottom: 0; }
.facts { width: 100%; }
.facts th { width: 11rem; color: var(--soft); font-weight: 500; }
.facts th, .facts td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.facts td { overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 40px; }
.matrix th, .matrix td { padding: 5px 6px; font-size: .85rem; text-align: center; }
.matrix td { min-width: 40px; border: 1px solid #fff; }
.matrix tbody th { text-align: right; white-space: nowrap; padding-right: 10px; }
.matrix thead th { font-weight: 500; vertical-align: bottom; }
.matrix thead th:first-child { font-weight: 400; color: var(--soft); white-space: nowrap; }
.matrix.long thead th:not(:first-child) { writing-mode: vertical-rl; transform: rotate(180deg);
  text-align: left; padding: 6px 2px; white-space: nowrap; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 14px 10px; }
.images img { width: 84px; height: 84px; object-fit: contain; image-rendering: pixelated; display: block;
  background: #000; border-radius: 4px; }
.images figcaption { font-size: .8rem; line-height: 1.35; margin-top: 4px; overflow-wrap: anywhere; }
.images .pair { display: flex; gap: 4px; } .images figure:has(.pair) { grid-column: span 2; }
.tiles { max-width: 100%; height: auto; image-rendering: pixelated; display: block; margin: 4px 0 12px; }
.images .no { color: #b42318; } .images .yes { color: #067647; }
pre { background: var(--ground); border: 1px solid var(--rule); border-radius: 8px; padding: 12px 14px;
  font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0; }
.note { background: #fffaeb; border: 1px solid #fedf89; border-radius: 8px; padding: 10px 14px; }
footer { margin-top: 40px; color: var(--soft); font-size: .85rem; }
@media (max-width: 560px) {
  main { padding: 16px 14px 32px; } h1 { font-size: 1.35rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: 8px; } .figures > div { padding: 8px 10px; }
  .figures dd { font-size: 1.15rem; } table { font-size: .84rem; }
  .plain { min-width: 0; width: 100%; } .plain th, .plain td { padding-right: 7px; }
  .plain th { white-space: normal; }
  .facts th { width: 6.5rem; }
  .matrix th, .matrix td { padding: 3px 2px; font-size: .72rem; } .matrix td { min-width: 27px; }
}
@media print {
  @page { margin: 14mm; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } .switch { display: none; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2 { break-before: page; border: 0; margin-top: 0; } h2.first { break-before: auto; }
  h3, h4 { break-after: avoid; } tr, .matrix, .figures, pre { break-inside: avoid; }
  section > .soft:not(:last-child), h4, .legend { break-after: avoid; } .wide { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; } .matrix th, .matrix td { padding: 3px; font-size: 8pt; }
  .images img { width: 60px; height: 60px; }
  .images { grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); }
}
`;
