import type { Category } from '@invite-me/core'
import { html } from 'hono/html'
import { categoryTitle } from './category-title.ts'
import { sign, type Markup, type PageContent } from './layout.ts'
import { channelName } from './message-pages.ts'
import { nonceField } from './own-fields.ts'
import { boxOf, dayName, days, type OpenPreferences, type PreferenceDraft } from './preference-draft.ts'
import type { PageLanguage } from './texts.ts'

/** What the page of preferences is made from. */
export interface PreferencesPageInput {
  readonly view: OpenPreferences
  readonly draft: PreferenceDraft
  readonly token: string
  readonly nonce: string
  readonly language: PageLanguage
  /** What is told: that it was saved, or that nothing was. */
  readonly note?: string | undefined
  /** What must be put right before it can be saved. */
  readonly hint?: string | undefined
}

/** The page on which a person says what they want to get: which kinds, by which media, in which order, and when. */
export function preferencesPage(input: PreferencesPageInput): PageContent {
  const { language, token, nonce, note, hint } = input
  const { preferences } = language.texts
  return {
    title: hint === undefined ? preferences.title : `${language.texts.problem} · ${preferences.title}`,
    language,
    body: html`<h1>${preferences.title}</h1>
      <p>${preferences.lead}</p>
      ${note === undefined ? '' : html`<p class="note" role="status">${note}</p>`}
      ${hint === undefined ? '' : html`<p class="hint" role="alert">${hint}</p>`}
      <form method="post" action="${token}">
        ${nonceField(nonce)} ${kindsTable(input)} ${channelOrder(input)} ${hoursFields(input)}
        ${zoneField(input)}
        <div class="buttons"><button>${preferences.save}</button></div>
      </form>`,
  }
}

/** The page of a link that has run out. */
export function preferencesExpiredPage(language: PageLanguage): PageContent {
  const { expiredTitle, preferences } = language.texts
  return {
    title: expiredTitle,
    language,
    body: html`${sign('over')}
      <h1>${expiredTitle}</h1>
      <p>${preferences.expiredText}</p>`,
  }
}

function kindsTable({ view, draft, language }: PreferencesPageInput): Markup {
  const { texts } = language
  const { preferences } = texts
  const channels = view.channels.map(({ channel }) => channel)
  const stopped = view.channels.filter(({ isStopped }) => isStopped)
  // What can be chosen comes first.
  const categories = [...view.categories].toSorted(
    (one, other) => Number(one.required) - Number(other.required),
  )
  const box = (channel: string, label: string, category?: Category): Markup => {
    const name = boxOf(channel, category?.name)
    const isFixed = category?.required === true
    return html`<td>
      <label class="box"
        ><input
          type="checkbox"
          name="on"
          value="${name}"
          aria-label="${preferences.kindBy(label, channelName(channel, language))}"
          ${isFixed || draft.checked.has(name) ? 'checked' : ''}
          ${isFixed ? 'disabled' : ''}
      /></label>
    </td>`
  }
  const row = (category: Category): Markup => {
    const label = categoryTitle(category, language)
    return html`<tr>
      <th scope="row" dir="auto">
        ${label}${category.required ? html` <small>${preferences.always}</small>` : ''}
      </th>
      ${channels.map((channel) => box(channel, label, category))}
    </tr>`
  }
  return html`<h2 id="kinds">${preferences.kinds}</h2>
    <p class="soft">${preferences.kindsHelp}</p>
    ${stopped.map(({ channel }) => html`<p class="note">${preferences.stopped(channelName(channel, language))}</p>`)}
    <div class="scroll" role="region" aria-labelledby="kinds" tabindex="0">
      <table aria-labelledby="kinds">
        <thead>
          <tr>
            <td></td>
            ${channels.map((channel) => html`<th scope="col">${channelName(channel, language)}</th>`)}
          </tr>
        </thead>
        <tbody>
          <tr class="all">
            <th scope="row">${preferences.anything}</th>
            ${channels.map((channel) => box(channel, preferences.anything))}
          </tr>
          ${categories.map(row)}
        </tbody>
      </table>
    </div>`
}

/** A place to choose for each channel; with one channel there is nothing to put in order. */
function channelOrder({ draft, language }: PreferencesPageInput): Markup {
  const { preferences } = language.texts
  if (draft.order.length < 2) return html``
  const places = draft.order.map((_channel, index) => index + 1)
  return html`<h2>${preferences.order}</h2>
    <p class="soft">${preferences.orderHelp}</p>
    ${draft.order.map(
      (channel, index) =>
        html`<div class="line">
          <label for="place-${channel}">${channelName(channel, language)}</label>
          <select id="place-${channel}" name="place-${channel}">
            ${places.map(
              (place) =>
                html`<option value="${place}" ${place === index + 1 ? 'selected' : ''}>
                  ${preferences.place(place)}
                </option>`,
            )}
          </select>
        </div>`,
    )}`
}

function hoursFields({ draft, language }: PreferencesPageInput): Markup {
  const { preferences } = language.texts
  const choice = (value: PreferenceDraft['hours'], label: string): Markup =>
    html`<label class="option"
      ><input type="radio" name="hours" value="${value}" ${draft.hours === value ? 'checked' : ''} /><span
        >${label}</span
      ></label
    >`
  return html`<h2 id="hours">${preferences.hours}</h2>
    <p class="soft">${preferences.hoursHelp}</p>
    <div class="options" role="radiogroup" aria-labelledby="hours">
      ${choice('usual', preferences.usualHours)} ${choice('any', preferences.anyHour)}
      ${choice('own', preferences.ownHours)}
    </div>
    ${days.map((day) => {
      const name = dayName(day, language)
      return draft.spans[day].map(
        ({ from, to }) =>
          html`<fieldset class="day">
            <legend>${name}</legend>
            <input type="time" name="from-${day}" value="${from}" aria-label="${preferences.from(name)}" />
            <input type="time" name="to-${day}" value="${to}" aria-label="${preferences.to(name)}" />
          </fieldset>`,
      )
    })}`
}

function zoneField({ draft, language }: PreferencesPageInput): Markup {
  const { preferences } = language.texts
  const option = (zone: string, label: string): Markup =>
    html`<option value="${zone}" ${zone === draft.zone ? 'selected' : ''}>${label}</option>`
  return html`<h2><label for="zone">${preferences.zone}</label></h2>
    <p class="soft">${preferences.zoneHelp}</p>
    <select id="zone" name="zone">
      ${option('', preferences.noZone)}
      ${[...zonesByRegion(draft.zone)].map(
        ([region, zones]) =>
          html`<optgroup label="${region}">${zones.map((zone) => option(zone, placeOf(zone)))}</optgroup>`,
      )}
    </select>`
}

/** The zones this machine knows, and the person's own under whatever name they have it. */
function zonesByRegion(own: string): ReadonlyMap<string, readonly string[]> {
  const known = Intl.supportedValuesOf('timeZone')
  const all = own === '' || known.includes(own) ? known : [...known, own].toSorted()
  return Map.groupBy(all, (zone) => zone.split('/', 1)[0] ?? zone)
}

/** Names that zones still go by in many systems, as people write them today. */
const namesToday: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Asmara',
  'America/Godthab': 'Nuuk',
  'Asia/Calcutta': 'Kolkata',
  'Asia/Katmandu': 'Kathmandu',
  'Asia/Rangoon': 'Yangon',
  'Asia/Saigon': 'Ho Chi Minh',
  'Atlantic/Faeroe': 'Faroe',
  'Europe/Kiev': 'Kyiv',
  'Pacific/Ponape': 'Pohnpei',
  'Pacific/Truk': 'Chuuk',
}

/** `America/Argentina/Buenos_Aires` is shown as "Argentina, Buenos Aires". */
function placeOf(zone: string): string {
  const today = Object.hasOwn(namesToday, zone) ? namesToday[zone] : undefined
  if (today !== undefined) return today
  const places = zone.split('/')
  return (places.length === 1 ? places : places.slice(1)).join(', ').replaceAll('_', ' ')
}
