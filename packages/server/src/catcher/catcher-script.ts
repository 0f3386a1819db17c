/**
 * The script of the catcher's page. It draws what the live stream tells and posts what the person does; everything that
 * comes from outside is put in as text, never as markup.
 */
export const catcherScript = `
'use strict'
const find = (selector, root = document) => root.querySelector(selector)
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children.filter((child) => child !== undefined && child !== null))
  return element
}
const clock = (text) => new Date(text).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + '…' : text)
const outcomes = {
  waiting: 'sending …', counted: 'counted ✓', repeated: 'already known ✓', refused: 'not a possible answer, nothing counted',
  unclear: 'not understood, kept for a person', late: 'too late', unmatched: 'belongs to no question', failed: 'not taken, please look at the terminal',
}
const state = { media: [], messages: [], trails: [] }
const target = {}
let openMail
const drawn = {}
const seen = new Set()
let isFirst = true

const post = (path, body) =>
  fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).catch(() => undefined)

const pageLink = (href, text) => make('a', { href, target: '_blank', rel: 'noopener noreferrer', textContent: text })

function wayIn(message) {
  const { respond, unsubscribe } = message.links
  const isMail = message.channel === 'email'
  const parts = []
  if (isMail && message.actions.length > 0) {
    parts.push(make('p', { className: 'buttons' }, ...message.actions.map((action) => {
      const link = pageLink(action.url, action.label)
      link.className = 'button'
      return link
    })))
  }
  if (!isMail && respond !== undefined) parts.push(make('p', { className: 'link' }, pageLink(respond, short(respond.replace(/^https?:\\/\\//, ''), 34))))
  if (isMail && respond !== undefined) parts.push(make('p', {}, pageLink(respond, 'Open the page to answer')))
  if (isMail && unsubscribe !== undefined) parts.push(make('p', { className: 'fine' }, pageLink(unsubscribe, 'No more mails like this')))
  return parts
}

function keyboard(message) {
  if (message.channel !== 'telegram' || message.actions.length === 0) return undefined
  return make('div', { className: 'keys' }, ...message.actions.map((action) => {
    const key = make('button', { type: 'button', textContent: action.label, onclick: () => post('/answer', { messageId: message.id, input: { kind: 'option', value: action.value } }) })
    key.dataset.key = message.id + action.value
    return key
  }))
}

function replyBubble(reply) {
  return make('div', { className: 'mine ' + reply.outcome },
    make('p', { className: 'bubble', dir: 'auto', textContent: reply.said }),
    make('p', { className: 'fine', textContent: clock(reply.at) + ' · ' + (outcomes[reply.outcome] ?? reply.outcome) }))
}

function exchange(message) {
  const body = make('div', { className: 'bubble' },
    message.isReminder ? make('p', { className: 'fine', textContent: 'Reminder' }) : undefined,
    message.subject && message.channel !== 'email' ? make('p', { className: 'subject', dir: 'auto', textContent: message.subject }) : undefined,
    message.from && message.channel !== 'email' ? make('p', { className: 'fine', dir: 'auto', textContent: 'from ' + message.from }) : undefined,
    make('p', { className: 'text', dir: 'auto', textContent: message.text }),
    message.details ? make('p', { className: 'text soft', dir: 'auto', textContent: message.details }) : undefined,
    ...wayIn(message),
    message.notice ? make('p', { className: 'fine notice', dir: 'auto', textContent: message.notice }) : undefined)
  const item = make('article', { className: 'exchange' + (seen.has(message.id) || isFirst ? '' : ' fresh') },
    make('p', { className: 'fine to', textContent: clock(message.at) + ' · to ' + (message.name ? message.name + ', ' : '') + message.to }),
    body, keyboard(message), ...message.replies.map(replyBubble))
  if (message.answer !== undefined && message.channel !== 'email') {
    const others = state.messages.filter((other) => other.channel === message.channel && other.answer !== undefined).length > 1
    if (others) {
      const pick = make('button', { type: 'button', className: 'pick', textContent: 'Reply to this', onclick: () => { target[message.channel] = message.id; draw(); find('#' + message.channel + '-text').focus() } })
      pick.dataset.key = 'pick' + message.id
      item.append(pick)
    }
  }
  return item
}

function replace(element, children, signature) {
  if (drawn[element.id] === signature) return false
  drawn[element.id] = signature
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
  element.replaceChildren(...children())
  if (key !== undefined) [...element.querySelectorAll('[data-key]')].find((candidate) => candidate.dataset.key === key)?.focus()
  return true
}

function drawMedium(name) {
  const messages = state.messages.filter((message) => message.channel === name)
  const answerable = messages.filter((message) => message.answer !== undefined)
  if (!answerable.some((message) => message.id === target[name]) || answerable.some((message) => !seen.has(message.id))) target[name] = answerable.at(-1)?.id
  const talk = find('#' + name + '-talk')
  const form = find('[data-reply=' + name + ']')
  if (name === 'email') {
    if (!messages.some((message) => message.id === openMail) || messages.some((message) => !seen.has(message.id))) openMail = messages.at(-1)?.id
    target.email = answerable.some((message) => message.id === openMail) ? openMail : undefined
    find('#email .bar span').textContent = messages.length === 0 ? 'Inbox' : 'Inbox (' + messages.length + ')'
    replace(find('#email-list'), () => messages.toReversed().map(mailRow), JSON.stringify([messages, openMail]))
  }
  const shown = name === 'email' ? messages.filter((message) => message.id === openMail) : messages
  const changed = shown.length > 0 && replace(talk, () => shown.map(name === 'email' ? mail : exchange), JSON.stringify(shown))
  form.hidden = target[name] === undefined
  const aim = messages.find((message) => message.id === target[name])
  find('#' + name + '-target').textContent = aim !== undefined && answerable.length > 1 && name !== 'email' ? 'to “' + short(aim.text, 40) + '” (' + (aim.name ?? aim.to) + ')' : ''
  // Last, since the form below has its final height only now.
  if (changed) talk.scrollTop = name === 'email' && shown[0].replies.length === 0 ? 0 : talk.scrollHeight
}

function mailRow(message) {
  const row = make('button', { type: 'button', onclick: () => { openMail = message.id; draw() } },
    make('b', { dir: 'auto', textContent: message.from ?? 'invite-me' }),
    make('span', { className: 'fine', textContent: clock(message.at) }),
    make('span', { className: 'line', dir: 'auto', textContent: message.subject ?? short(message.text, 60) }))
  row.dataset.key = 'mail' + message.id
  if (message.id === openMail) row.setAttribute('aria-current', 'true')
  return make('li', {}, row)
}

function mail(message) {
  return make('article', { className: 'mail' },
    make('h3', { dir: 'auto', textContent: message.subject ?? short(message.text, 80) }),
    make('p', { className: 'fine', textContent: 'From ' + (message.from ?? 'invite-me') + ' · to ' + message.to + ' · ' + clock(message.at) }),
    exchange({ ...message, subject: undefined }))
}

function drawTrails() {
  const list = find('#trails')
  if (state.trails.length === 0) {
    replace(list, () => [make('p', { className: 'empty', textContent: 'Nothing was asked yet.' })], '')
    return
  }
  replace(list, () => state.trails.map((trail) => make('article', { className: 'question' },
    make('p', { className: 'state ' + trail.state, textContent: trail.state }),
    make('h3', { dir: 'auto', textContent: short(trail.question, 120) }),
    make('p', { className: 'fine', textContent: trail.to }),
    make('ol', { className: 'why' }, ...trail.why.map((line) => make('li', { textContent: line }))),
    make('details', { open: trail === state.trails[0] }, make('summary', { textContent: trail.receipts.length === 1 ? '1 receipt' : trail.receipts.length + ' receipts' }),
      make('ul', { className: 'receipts' }, ...trail.receipts.map((receipt) => make('li', {},
        make('time', { dateTime: receipt.at, textContent: new Date(receipt.at).toLocaleTimeString() }),
        make('b', { textContent: receipt.kind.replaceAll('_', ' ') }),
        make('span', { textContent: [receipt.channel, receipt.detail].filter(Boolean).join(': ') }))))))), JSON.stringify(state.trails))
}

function draw() {
  for (const medium of state.media) {
    const isBroken = medium.mood !== 'works'
    find('#' + medium.name).classList.toggle('broken', isBroken)
    const toggle = find('[data-mood=' + medium.name + ']')
    toggle.setAttribute('aria-checked', String(!isBroken))
    find('.word', toggle).textContent = { works: 'works', refuses: 'refuses', down: 'is down' }[medium.mood]
    drawMedium(medium.name)
  }
  drawTrails()
  for (const message of state.messages) seen.add(message.id)
}

for (const toggle of document.querySelectorAll('[data-mood]')) {
  toggle.addEventListener('click', () => {
    void post('/mood', { channel: toggle.dataset.mood, mood: toggle.getAttribute('aria-checked') === 'true' ? 'refuses' : 'works' })
  })
}
for (const form of document.querySelectorAll('[data-reply]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const box = find('input, textarea', form)
    const messageId = target[form.dataset.reply]
    if (messageId === undefined || box.value.trim() === '') return
    void post('/answer', { messageId, input: { kind: 'text', text: box.value } })
    box.value = ''
  })
}
const tick = () => { for (const face of document.querySelectorAll('.clock')) face.textContent = clock(Date.now()) }
tick()
setInterval(tick, 10000)

const stream = new EventSource('/live')
stream.onmessage = (event) => {
  Object.assign(state, JSON.parse(event.data))
  draw()
  isFirst = false
  find('#live').textContent = 'live'
  find('#live').className = 'live on'
}
stream.onerror = () => {
  find('#live').textContent = 'not connected'
  find('#live').className = 'live'
}
`
