/** The look of the catcher's page: devices on a desk, light and dark. Text keeps a contrast of at least 4.5. */
export const catcherStyles = `
:root {
  color-scheme: light dark;
  --desk: #e9e4da; --desk-2: #d8e3df; --ink: #21262b; --soft: #545c64; --paper: #fffdf9; --rule: #ddd6c8; --accent: #1b6b57; --on-accent: #fff; --tint: #e2f0ea;
  --shell: #23272c; --screen: #ffffff; --in: #ececee; --out: #1467d6; --on-out: #fff; --link: #0b57b8;
  --tg-head: #2a6288; --tg-wall: #cfe0d0; --tg-in: #ffffff; --tg-out: #e1fbc9; --tg-key: #2b6a96;
  --warn: #9b2c16; --warn-tint: #fbe6df; --shadow: 0 2px 4px rgb(50 40 20 / .12), 0 18px 40px rgb(50 40 20 / .16);
}
@media (prefers-color-scheme: dark) {
  :root {
    --desk: #15181b; --desk-2: #17211f; --ink: #ecebe7; --soft: #a8b0b7; --paper: #1d2226; --rule: #333a40; --accent: #6fd0b3; --on-accent: #06251c; --tint: #1c322c;
    --shell: #3a4148; --screen: #0f1214; --in: #2a2f34; --out: #2563c9; --on-out: #fff; --link: #8fc1ff;
    --tg-head: #24435a; --tg-wall: #10191c; --tg-in: #1f2a33; --tg-out: #1f4d43; --tg-key: #31536b;
    --warn: #ffab98; --warn-tint: #3c221c; --shadow: 0 2px 4px rgb(0 0 0 / .4), 0 18px 40px rgb(0 0 0 / .45);
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; min-height: 100vh; padding: 1.25rem clamp(1rem, 2.5vw, 2.5rem) 2.5rem; color: var(--ink); background: linear-gradient(160deg, var(--desk), var(--desk-2));
  font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
button, input, textarea { font: inherit; color: inherit; }
button { cursor: pointer; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:is(a, button, input, textarea, summary, .talk):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.25rem; margin-bottom: 1.5rem; }
.top h1 { font-size: 1.35rem; letter-spacing: -.02em; }
.top p { color: var(--soft); max-width: 62ch; }
.top .live { margin-inline-start: auto; font-size: .875rem; }
.live::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-inline-end: .5em; border-radius: 50%; background: #a35b00; }
.live.on::before { background: #2aa36b; }
main { display: grid; gap: 1.75rem; align-items: start; grid-template-columns: minmax(0, 1fr); max-width: 110rem; margin: 0 auto; }
@media (min-width: 46rem) { main { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (min-width: 84rem) { main { grid-template-columns: minmax(17rem, 20rem) minmax(17rem, 20rem) minmax(22rem, 1.3fr) minmax(20rem, 1fr); } }
.head { display: flex; align-items: center; justify-content: space-between; gap: 1rem; min-height: 2.75rem; margin-bottom: .6rem; padding: 0 .5rem; }
h2 { font-size: 1rem; font-weight: 650; }
.switch { display: inline-flex; align-items: center; gap: .55rem; min-height: 2.75rem; padding: 0 .25rem; border: 0; background: none; color: var(--soft); font-size: .875rem; border-radius: .5rem; }
.knob { position: relative; width: 2.6rem; height: 1.5rem; border-radius: 1rem; background: var(--warn); transition: background .2s; }
.knob::after { content: ""; position: absolute; top: .2rem; left: .2rem; width: 1.1rem; height: 1.1rem; border-radius: 50%; background: var(--paper); transition: transform .2s; }
[aria-checked=true] .knob { background: var(--accent); }
[aria-checked=true] .knob::after { transform: translateX(1.1rem); }
.device { position: relative; display: flex; flex-direction: column; height: 38rem; max-height: 82vh; overflow: hidden; background: var(--screen); box-shadow: var(--shadow); }
.sms .device, .telegram .device { border: .6rem solid var(--shell); border-radius: 2.6rem; }
.email .device { border-radius: .9rem; border: 1px solid var(--rule); background: var(--paper); }
.bar { flex: none; display: flex; align-items: center; justify-content: space-between; padding: .55rem 1.4rem .3rem; font-size: .75rem; font-weight: 600; }
.bar .island { width: 4.75rem; height: 1.15rem; border-radius: 1rem; background: #101214; }
.bar .signal { font-size: .6rem; letter-spacing: .06em; }
.email .bar { justify-content: flex-start; gap: .4rem; padding: .7rem .9rem; border-bottom: 1px solid var(--rule); }
.email .bar i { width: .75rem; height: .75rem; border-radius: 50%; background: #e0695c; }
.email .bar i:nth-child(2) { background: #e0b04c; }
.email .bar i:nth-child(3) { background: #58a868; }
.email .bar span { margin: 0 auto; color: var(--soft); }
.who { flex: none; display: flex; align-items: center; gap: .7rem; padding: .4rem 1.1rem .7rem; border-bottom: 1px solid var(--rule); }
.who small { display: block; color: var(--soft); font-size: .8125rem; line-height: 1.2; }
.face { display: grid; place-items: center; width: 2.25rem; height: 2.25rem; border-radius: 50%; background: var(--tint); color: var(--accent); font-weight: 700; }
.telegram .bar, .telegram .who { background: var(--tg-head); color: #fff; border-color: transparent; }
.telegram .who small { color: #f0f6fa; }
.talk { flex: 1; min-height: 0; overflow-y: auto; padding: .9rem; scroll-behavior: smooth; }
.telegram .talk { background: radial-gradient(circle at 30% 20%, rgb(255 255 255 / .12), transparent 60%), var(--tg-wall); }
.empty { margin: 2rem auto; max-width: 24ch; color: var(--soft); text-align: center; }
.telegram .empty { padding: .4rem .9rem; border-radius: 1rem; background: var(--tg-in); }
.exchange + .exchange { margin-top: 1.25rem; }
.fine { font-size: .8125rem; color: var(--soft); }
.to { margin-bottom: .3rem; text-align: center; }
.telegram .to { width: fit-content; margin-inline: auto; padding: .05rem .6rem; border-radius: 1rem; background: var(--tg-in); }
.bubble { width: fit-content; max-width: 88%; padding: .55rem .8rem; border-radius: 1.1rem; }
.bubble .text { white-space: pre-line; }
.bubble p + p { margin-top: .35rem; }
.subject { font-weight: 650; }
.soft { color: var(--soft); }
.bubble a { color: var(--link); }
.sms .bubble { background: var(--in); border-end-start-radius: .3rem; }
.sms .mine .bubble { background: var(--out); color: var(--on-out); border-end-start-radius: 1.1rem; border-end-end-radius: .3rem; }
.telegram .bubble { background: var(--tg-in); border-radius: .9rem; border-end-start-radius: .2rem; box-shadow: 0 1px 1px rgb(0 0 0 / .12); }
.telegram .mine .bubble { background: var(--tg-out); border-end-start-radius: .9rem; border-end-end-radius: .2rem; }
.mine { display: flex; flex-direction: column; align-items: flex-end; margin-top: .6rem; text-align: end; }
.mine .fine { margin-top: .15rem; }
.telegram .mine .fine { padding: .05rem .6rem; border-radius: 1rem; background: var(--tg-in); }
.mine:is(.refused, .unclear, .late, .failed, .unmatched) .fine { color: var(--warn); font-weight: 600; }
.keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(6rem, 1fr)); gap: .3rem; max-width: 88%; margin-top: .3rem; }
.keys button { min-height: 2.75rem; padding: .3rem .6rem; border: 0; border-radius: .6rem; background: var(--tg-key); color: #fff; font-weight: 600; }
.keys button:hover { filter: brightness(1.12); }
.pick { margin-top: .3rem; min-height: 2rem; padding: 0 .6rem; border: 1px solid currentcolor; border-radius: 1rem; background: var(--screen); color: var(--soft); font-size: .8125rem; }
.reply { flex: none; display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-end; padding: .6rem .8rem .9rem; border-top: 1px solid var(--rule); background: var(--screen); }
.email .reply { background: var(--paper); }
.reply .target { flex: 1 0 100%; color: var(--soft); font-size: .8125rem; }
.reply .target:empty { display: none; }
.reply :is(input, textarea) { flex: 1; min-width: 0; min-height: 2.75rem; padding: .5rem .9rem; border: 1px solid #8a8f95; border-radius: 1.4rem; background: var(--screen); }
.reply textarea { border-radius: .7rem; resize: vertical; background: var(--paper); }
.reply ::placeholder { color: var(--soft); opacity: 1; }
.reply button { flex: none; min-width: 2.75rem; min-height: 2.75rem; border: 0; border-radius: 1.4rem; background: var(--out); color: var(--on-out); font-weight: 700; font-size: 1.1rem; }
.telegram .reply button { background: var(--tg-key); color: #fff; }
.email .reply button { padding: 0 1.25rem; border-radius: .7rem; background: var(--accent); color: var(--on-accent); font-size: 1rem; }
.mails { flex: none; max-height: 9.5rem; overflow-y: auto; border-bottom: 1px solid var(--rule); }
.mails:empty { display: none; }
.mails button { display: grid; grid-template-columns: 1fr auto; width: 100%; padding: .5rem .9rem; border: 0; border-inline-start: 3px solid transparent; background: none; text-align: start; }
.mails .line { grid-column: 1 / -1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); }
.mails li + li { border-top: 1px solid var(--rule); }
.mails [aria-current] { background: var(--tint); border-color: var(--accent); }
.mail h3 { font-size: 1.2rem; line-height: 1.3; }
.mail .exchange { margin-top: .8rem; padding-top: .8rem; border-top: 1px solid var(--rule); }
.mail .to { display: none; }
.mail .bubble { max-width: none; padding: 0; }
.mail .bubble > p + p { margin-top: .7rem; }
.mail .buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1rem; }
.mail .button { display: inline-flex; align-items: center; min-height: 2.75rem; padding: .3rem 1.4rem; border-radius: .7rem; background: var(--accent); color: var(--on-accent); font-weight: 650; text-decoration: none; }
.mail .mine { align-items: stretch; margin-top: 1rem; padding: .6rem .9rem; border-inline-start: 3px solid var(--accent); background: var(--tint); border-radius: .4rem; text-align: start; }
.mail .mine .bubble { white-space: pre-line; }
.crack { display: none; }
.broken .crack {
  display: block; flex: none; z-index: 1; margin: .6rem -2rem 0; padding: .6rem 3rem; transform: rotate(-2deg); text-align: center; font-weight: 650; font-size: .9375rem;
  background: var(--warn-tint); color: var(--warn); border-block: 1px dashed var(--warn);
}
.broken :is(.talk, .bar, .who, .mails, .reply) { filter: grayscale(1); }
.broken .reply { z-index: 2; }
.trail { padding: 0 0 1rem; }
.trail h2 { display: flex; align-items: center; min-height: 2.75rem; margin-bottom: .6rem; }
.question { padding: 1.1rem 1.2rem; border-radius: .9rem; background: var(--paper); box-shadow: var(--shadow); }
.question + .question { margin-top: 1rem; }
.question h3 { font-size: 1.05rem; line-height: 1.35; }
.state { float: inline-end; margin-inline-start: .75rem; padding: .1rem .7rem; border-radius: 1rem; background: var(--desk); font-size: .8125rem; font-weight: 600; }
:is(.accepted, .answered).state { background: var(--accent); color: var(--on-accent); }
:is(.declined, .expired, .cancelled, .unreachable).state { background: var(--warn-tint); color: var(--warn); }
.why { margin: .8rem 0 0 .3rem; border-inline-start: 2px solid var(--rule); }
.why li { position: relative; padding: .15rem 0 .15rem 1.1rem; font-size: .9375rem; }
.why li::before { content: ""; position: absolute; left: -.36rem; top: .62rem; width: .6rem; height: .6rem; border-radius: 50%; background: var(--paper); border: 2px solid var(--accent); }
details { margin-top: .8rem; }
summary { min-height: 2rem; color: var(--soft); font-size: .875rem; cursor: pointer; }
.receipts li { display: grid; grid-template-columns: auto auto 1fr; gap: 0 .7rem; padding: .25rem 0; font-size: .8125rem; border-top: 1px solid var(--rule); }
.receipts span, .receipts time { color: var(--soft); }
.receipts time { font-variant-numeric: tabular-nums; }
@media (prefers-reduced-motion: no-preference) {
  .fresh .bubble, .fresh .keys { animation: arrive .35s cubic-bezier(.2, 1.4, .4, 1) both; }
  .fresh .keys { animation-delay: .12s; }
  @keyframes arrive { from { opacity: 0; transform: translateY(.8rem) scale(.94); } }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important; } }
`
