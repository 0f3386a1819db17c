/**
 * The look of the portal's pages: one column, made for a phone first; light and dark.
 * Every pair of text and ground has a contrast of at least 4.5, every control is at least 44 pixels high (WCAG 2.2, 1.4.3 and 2.5.5).
 */
export const portalStyles = `
:root {
  color-scheme: light dark;
  --ground: #f4f1ea; --card: #fffdf9; --ink: #22262a; --soft: #5a616b; --line: #8b8678; --rule: #e6e0d4;
  --accent: #1b6b57; --accent-strong: #124f40; --on-accent: #ffffff; --tint: #e5f1ec;
  --warn: #9b2c16; --warn-tint: #fbeae5; --shadow: 0 1px 2px rgb(60 50 30 / .06), 0 12px 32px rgb(60 50 30 / .09);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121518; --card: #1b2024; --ink: #eceae6; --soft: #a9b1b8; --line: #757e87; --rule: #2d343a;
    --accent: #6fd0b3; --accent-strong: #93dfc8; --on-accent: #06251c; --tint: #1c322c;
    --warn: #ffab98; --warn-tint: #3b211c; --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 12px 32px rgb(0 0 0 / .35);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1rem; display: flex; flex-direction: column;
  background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
main {
  width: 100%; max-width: 34rem; margin: auto; padding: 1.75rem 1.25rem; border-radius: 1.25rem;
  background: var(--card); box-shadow: var(--shadow); overflow-wrap: anywhere;
}
@media (min-width: 30rem) { main { padding: 2.5rem 2.5rem 2.25rem; } }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; text-wrap: pretty; white-space: pre-line; }
@media (min-width: 30rem) { h1 { font-size: 1.75rem; } }
h1.long { font-size: 1.125rem; line-height: 1.5; font-weight: 500; letter-spacing: 0; }
p { margin: .75rem 0 0; }
a { color: var(--accent); text-underline-offset: .2em; }
a:hover { color: var(--accent-strong); }
.from { display: flex; align-items: center; gap: .75rem; margin: 0 0 1.25rem; color: var(--soft); }
.from p { margin: 0; line-height: 1.3; }
.from strong { color: var(--ink); font-weight: 600; }
.badge {
  flex: none; display: grid; place-items: center; width: 2.75rem; height: 2.75rem; border-radius: 50%;
  background: var(--tint); color: var(--accent-strong); font-weight: 650; font-size: 1.125rem;
}
.subject { margin: 0 0 .35rem; color: var(--soft); font-size: .9375rem; }
.details { margin-top: 1rem; padding-inline-start: 1rem; border-inline-start: 3px solid var(--rule); color: var(--soft); white-space: pre-line; }
.note, .hint { margin: 1.25rem 0 0; padding: .75rem 1rem; border-radius: .75rem; }
.note { background: var(--tint); }
.hint { background: var(--warn-tint); color: var(--warn); font-weight: 550; }
.label { display: block; color: var(--soft); font-size: .9375rem; }
.value { font-weight: 600; white-space: pre-line; }
.answer { font-size: 1.25rem; }
form { margin: 1.5rem 0 0; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
legend, label.name { display: block; padding: 0; margin: 0 0 .5rem; font-weight: 600; }
:is(.field, .hint) + .field { margin-top: 1.5rem; }
.field .hint { margin-top: .75rem; }
.help { display: block; margin: -.25rem 0 .5rem; color: var(--soft); font-size: .9375rem; font-weight: 400; }
.mark { color: var(--warn); font-weight: 600; }
input[type=text], input[type=email], input[type=url], input[type=date], input[type=time], select, textarea {
  display: block; width: 100%; min-height: 3rem; padding: .65rem .85rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--card); color: var(--ink); font: inherit;
}
textarea { min-height: 7rem; resize: vertical; }
input.short { max-width: 12rem; }
input[aria-invalid=true], textarea[aria-invalid=true] { border: 2px solid var(--warn); }
.options { display: grid; gap: .6rem; }
.option {
  display: flex; align-items: center; gap: .75rem; min-height: 3.25rem; padding: .7rem 1rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: .75rem; line-height: 1.35;
}
.option:hover { border-color: var(--accent); }
.option:has(input:checked) { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent); font-weight: 600; }
.option input { flex: none; width: 1.3rem; height: 1.3rem; margin: 0; accent-color: var(--accent); }
.buttons { display: grid; gap: .75rem; margin-top: 1.5rem; }
.buttons .buttons { margin-top: 0; }
.buttons.pair { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); }
button {
  min-height: 3.25rem; padding: .7rem 1.25rem; border: 2px solid var(--accent); border-radius: .9rem; cursor: pointer;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 650; line-height: 1.25; overflow-wrap: anywhere;
}
button:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
button.plain { background: transparent; color: var(--accent); }
button.plain:hover { background: var(--tint); color: var(--accent-strong); border-color: var(--accent-strong); }
.big button { min-height: 4rem; font-size: 1.25rem; }
:is(a, button, input, select, textarea):focus-visible, .option:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 3px; }
.option input:focus-visible { outline: none; }
h2 { margin: 2rem 0 .25rem; font-size: 1.1875rem; line-height: 1.3; font-weight: 650; }
.soft { margin: 0 0 .75rem; color: var(--soft); font-size: .9375rem; }
.scroll { overflow-x: auto; margin-top: 1rem; }
.day input[type=time] { padding-inline: .5rem; }
table { width: 100%; border-collapse: collapse; }
thead th { padding: .35rem .25rem; font-size: .875rem; line-height: 1.25; font-weight: 600; vertical-align: bottom; overflow-wrap: normal; }
th::first-letter { text-transform: uppercase; }
tbody th { padding: .35rem .75rem .35rem 0; text-align: start; font-weight: 400; line-height: 1.35; min-width: 7rem; }
tbody tr { border-top: 1px solid var(--rule); }
tbody tr.all th { font-weight: 600; }
td { padding: 0; text-align: center; }
.box { display: inline-grid; place-items: center; min-width: 2.75rem; min-height: 2.75rem; cursor: pointer; }
.box input { width: 1.3rem; height: 1.3rem; margin: 0; accent-color: var(--accent); }
.box:has(:disabled) { cursor: default; }
tbody th small { display: block; color: var(--soft); font-size: .8125rem; }
.line { display: grid; grid-template-columns: minmax(0, 1fr) minmax(5.5rem, auto); align-items: center; gap: .75rem; margin-top: .5rem; }
.line label::first-letter { text-transform: uppercase; }
.day { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: .5rem; margin-top: .75rem; }
.day legend { margin-bottom: .25rem; font-weight: 500; }
.day::first-letter, .day legend::first-letter { text-transform: uppercase; }
@media (min-width: 30rem) { .day { grid-template-columns: 8rem minmax(0, 1fr) minmax(0, 1fr); align-items: center; } .day legend { float: inline-start; margin: 0; } }
.until { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .9375rem; }
.until time { color: var(--ink); }
.until small { font-size: .8125rem; white-space: nowrap; }
.sign { display: block; width: 3.5rem; height: 3.5rem; margin: 0 0 1.25rem; color: var(--accent); }
.sign.quiet { color: var(--soft); }
@media (forced-colors: active) { button, .option, main { border: 1px solid; } }
@media print { body { background: none; } main { box-shadow: none; } form { display: none; } }
`
