import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInviteMeError } from '../model/error.ts'
import { templateInputSchema } from '../model/template.ts'
import { plainVariables, type VariableSchemas } from '../model/template-variable.ts'
import { fromPercentSyntax } from './percent-syntax.ts'
import {
  checkTemplate,
  compileTemplate,
  partialsOf,
  type Rendering,
  type TemplateFamily,
  type TemplateValues,
} from './render-template.ts'

function body(text: string, variables: unknown = {}, name = 'welcome') {
  const parsed = templateInputSchema.parse({ texts: { en: { text } }, variables: plainVariables(variables) })
  return { name, texts: parsed.texts, variables: parsed.variables as VariableSchemas }
}

function family(text: string, variables: unknown = {}, others: Partial<TemplateFamily> = {}): TemplateFamily {
  return { template: body(text, variables), layout: null, partials: new Map(), ...others }
}

interface Change extends Partial<Omit<TemplateValues, 'person'>> {
  readonly person?: Partial<TemplateValues['person']>
}

function render(
  of: TemplateFamily,
  { person, ...change }: Change = {},
  channel: string | null = null,
): Rendering {
  return compileTemplate(of, 'en').render(channel, {
    person: { externalId: 'ann', name: 'Ann', locale: 'en', zone: 'UTC', attributes: {}, ...person },
    given: {},
    foreign: {},
    missingVariable: 'refuse',
    ...change,
  })
}

function said(of: TemplateFamily, change?: Change, channel?: string | null): string {
  const rendering = render(of, change, channel)
  return rendering.status === 'rendered' ? rendering.parts.text : JSON.stringify(rendering)
}

function refusal(of: TemplateFamily, fields: readonly string[] = []): string {
  try {
    checkTemplate(of, fields)
  } catch (error) {
    if (isInviteMeError(error)) return `${error.code} ${error.field ?? ''}: ${error.message}`
    throw error
  }
  return 'none'
}

describe('a template is looked through when it is saved', () => {
  test.each([
    ['{{ city }}', { city: 'text' }],
    ['{{ name }} {{ recipient.attributes.city }} {{ recipient.zone }}', {}],
    [
      '{% for guest in guests %}{{ guest.name }}{{ forloop.index }}{% endfor %}{{ guests.size }}',
      { guests: 'list' },
    ],
    ['{% assign x = total | times: 2 %}{{ x }}', { total: 'number' }],
    ['{% if name %}{{ name }}{% endif %}', {}],
    ["{{ order['total'] }}", { order: { type: 'object', properties: { total: { type: 'number' } } } }],
  ])('%s is fine', (text, variables) => {
    expect(refusal(family(text, variables))).toBe('none')
  })

  test.each([
    ['{{ town }}', 'there is no variable "town"; known are name, recipient.externalId'],
    ['{{ recipient.secret }}', 'there is no variable "recipient.secret"'],
    ['{{ recipient.constructor }}', 'there is no variable "recipient.constructor"'],
    ['{{ city.constructor }}', 'there is no variable "city.constructor"'],
    ['{{ __proto__ }}', 'there is no variable "__proto__"'],
    ['{% if town %}x{% endif %}', 'there is no variable "town"'],
    ['{% for x in towns %}{% endfor %}', 'there is no variable "towns"'],
    ['{{ city | shout }}', 'undefined filter: shout'],
    ['{{ city', 'not closed'],
    ['{% include "x" %}', 'tag "include" not found'],
    ['{% layout "x" %}', 'tag "layout" not found'],
    ['{% if city %}', 'not closed'],
  ])('%s is refused: %s', (text, reason) => {
    const told = refusal(family(text, { city: 'text' }))
    expect(told).toContain(reason)
    expect(told).toContain('TEMPLATE_INVALID texts.en.text')
  })

  test('what is looked up elsewhere is known by its path', () => {
    expect(refusal(family('{{ order.total }}'), ['order.total'])).toBe('none')
    expect(refusal(family('{{ order.tax }}'), ['order.total'])).toContain('there is no variable "order.tax"')
  })

  test('a partial has its name written out', () => {
    expect(partialsOf(body('{% render \'footer\' %}{%- render "logo", size: 3 -%}'))).toEqual([
      'footer',
      'logo',
    ])
    expect(() => partialsOf(body('{% render chosen %}'))).toThrow('names no template')
  })
})

describe('a template is filled in', () => {
  test('with what the sender gave, else what was looked up, else the attribute of that name, else the default', () => {
    const of = family('{{ city }}', { city: { type: 'text', default: 'Berlin' } })
    expect(said(of)).toBe('Berlin')
    expect(said(of, { person: { attributes: { city: 'Rome' } } })).toBe('Rome')
    expect(said(of, { person: { attributes: { city: 'Rome' } }, foreign: { city: 'Oslo' } })).toBe('Oslo')
    expect(said(of, { foreign: { city: 'Oslo' }, given: { city: 'Bonn' } })).toBe('Bonn')
    // An attribute of another type is no value for it.
    expect(said(of, { person: { attributes: { city: 3 } } })).toBe('Berlin')
  })

  test('or says what is missing for somebody', () => {
    const of = family('{{ name }} {{ city }}', { city: 'text' })
    expect(render(of)).toEqual({ status: 'missing', variable: 'city' })
    expect(render(of, { given: { city: 'Bonn' }, person: { name: null } })).toEqual({
      status: 'missing',
      variable: 'name',
    })
    expect(said(of, { missingVariable: 'empty' })).toBe('Ann')
    expect(said(family("{{ city | default: 'there' }}{% if city %}!{% endif %}", { city: 'text' }))).toBe(
      'there',
    )
    const attribute = family('{{ recipient.attributes.city }}')
    expect(render(attribute, { person: { attributes: { city: null } } })).toEqual({
      status: 'missing',
      variable: 'recipient.attributes.city',
    })
  })

  test('a value is never read as a template, and reaches nothing but itself', () => {
    const of = family('{{ city }}', { city: 'text' })
    expect(said(of, { given: { city: '{{ name }}{% render "x" %}' } })).toBe('{{ name }}{% render "x" %}')
    const dynamic = family('{{ city[key] }}', { city: 'text', key: 'text' })
    for (const key of ['constructor', '__proto__', 'prototype', 'toString'])
      expect(render(dynamic, { given: { city: 'x', key } }).status).toBe('missing')
  })

  test('within its layout, and with partials that see what it sees', () => {
    const of = family(
      "Hi{% render 'sign' %}",
      { team: 'text' },
      {
        layout: body('[{{ content }}|{{ name }}]', {}, 'frame'),
        partials: new Map([
          [
            'sign',
            body(
              ', your {{ team }} for {{ name }}{{ mark }}',
              { mark: { type: 'text', default: '.' } },
              'sign',
            ),
          ],
        ]),
      },
    )
    expect(said(of, { given: { team: 'crew' } })).toBe('[Hi, your crew for Ann.|Ann]')
  })

  test('what is missing in a partial or a layout is named, too', () => {
    const partials = new Map([['sign', body('{{ recipient.attributes.team }}', {}, 'sign')]])
    expect(render(family("{% render 'sign' %}", {}, { partials }))).toEqual({
      status: 'missing',
      variable: 'recipient.attributes.team',
    })
    const layout = body('{{ content }} {{ team }}', { team: 'text' }, 'frame')
    expect(render(family('{% if name %}Hi{% endif %}', {}, { layout }))).toEqual({
      status: 'missing',
      variable: 'team',
    })
    expect(render(family('{% for x in recipient.attributes.list %}{{ x }}{% endfor %}')).status).toBe(
      'missing',
    )
  })

  test.each([
    ['{% if name %}', '{% endif %}', 800],
    ["{{ name | append: 'x' ", '}}', 1],
    ['{{ recipient.attributes', "['x']".repeat(3_000) + ' }}', 1],
    ['{{ name', ' | upcase'.repeat(2_000) + ' }}', 1],
  ])('however deep it is nested, it is filled in or refused in words: %s…', (open, close, times) => {
    const of = family(open.repeat(times) + (times === 1 ? '' : 'x') + close.repeat(times))
    const told = refusal(of)
    expect(told === 'none' || told.includes('TEMPLATE_INVALID')).toBe(true)
    if (told !== 'none') return
    try {
      expect(['rendered', 'missing', 'unfit']).toContain(render(of).status)
    } catch (error) {
      expect(isInviteMeError(error)).toBe(true)
    }
  })

  test('in the locale of the person, and in the words of the channel', () => {
    const texts = templateInputSchema.parse({
      texts: {
        de: { text: 'Hallo', channels: { sms: { text: 'Hallo!' } } },
        'pt-BR': { text: 'Oi' },
        en: { text: 'Hello', subject: ' A\nsubject ' },
      },
    }).texts
    const of = { template: { name: 'x', texts, variables: {} }, layout: null, partials: new Map() }
    const inLocale = (locale: string, channel: string | null = null) =>
      said(of, { person: { locale } }, channel)
    expect(
      ['de', 'de-AT', 'pt-BR', 'pt', 'pt-PT', 'EN-gb', 'fr', '??'].map((locale) => inLocale(locale)),
    ).toEqual(['Hallo', 'Hallo', 'Oi', 'Oi', 'Oi', 'Hello', 'Hello', 'Hello'])
    expect([inLocale('de', 'sms'), inLocale('en', 'sms'), inLocale('de', 'email')]).toEqual([
      'Hallo!',
      'Hello',
      'Hallo',
    ])
    expect(render(of, {})).toMatchObject({ parts: { subject: 'A subject' } })
    expect(compileTemplate(of, 'en').channels).toEqual(['sms'])
  })

  test.each([
    ["{{ when | date: 'full' }}", 'de', 'Freitag, 27. November 2026'],
    ["{{ when | date_time: 'short' }}", 'en-GB', '27/11/2026, 23:45'],
    ['{{ day | date }}', 'en', 'November 27, 2026'],
    ['{{ total | currency: "EUR" }}', 'en', '€1,234.50'],
    ['{{ total | number }}', 'de', '1.234,5'],
    ["{{ count | plural: one: '# film', other: '# films' }}", 'en', '2 films'],
    ["{{ count | plural: one: '# фильм', few: '# фильма', many: '# фильмов' }}", 'ru', '2 фильма'],
    ["{{ count | plural: is_2: 'a pair', other: '#' }}", 'en', 'a pair'],
    ['{{ guests | list }}', 'en', 'Ann, Bob, and Cy'],
  ])('%s in %s: %s', (text, locale, expected) => {
    const variables = { when: 'date', day: 'date', total: 'number', count: 'number', guests: 'list' }
    const given = {
      when: '2026-11-27T18:00:00Z',
      day: '2026-11-27',
      total: 1234.5,
      count: 2,
      guests: ['Ann', 'Bob', 'Cy'],
    }
    expect(said(family(text, variables), { given, person: { locale, zone: 'Asia/Kathmandu' } })).toBe(
      expected,
    )
  })

  test('a value a filter cannot take is told of, and not shown', () => {
    const told = render(family('{{ recipient.attributes.born | date }}'), {
      person: { attributes: { born: 'secret' } },
    })
    expect(told).toEqual({ status: 'unfit', problem: 'the value is no date' })
    expect(said(family('{{ recipient.attributes.born | date }} x'), { missingVariable: 'empty' })).toBe('x')
  })

  test('what comes out empty or endless is no text', () => {
    const of = family('{{ city }}', { city: 'text' })
    expect(render(of, { given: { city: ' ' } })).toEqual({
      status: 'unfit',
      problem: 'the text must not be empty',
    })
    expect(render(of, { given: { city: 'x'.repeat(20_001) } }).status).toBe('unfit')
  })

  test.each([
    '{% for a in (1..100000000) %}x{% endfor %}',
    '{% for a in (1..9000) %}{% for b in (1..9000) %}{% for c in (1..9000) %}x{% endfor %}{% endfor %}{% endfor %}',
    "{% assign x = 'xxxxxxxxxx' %}{% for a in (1..60) %}{% assign x = x | append: x %}{% endfor %}{{ x }}",
  ])('one that does not end is ended: %s', (text) => {
    expect(refusal(family(text))).toBe('none')
    expect(() => render(family(text))).toThrow('does not come to an end')
  })

  test('whatever is given is shown as it is, or refused', () => {
    const compiled = compileTemplate(family('<{{ city }}>', { city: 'text' }), 'en')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (city) => {
        const rendering = compiled.render(null, {
          person: { externalId: null, name: null, locale: 'en', zone: 'UTC', attributes: {} },
          given: { city },
          foreign: {},
          missingVariable: 'refuse',
        })
        const clean = city.replaceAll('\r\n', '\n').replace(/[\0-\b\v-\x1f\x7f]/g, '')
        expect(rendering).toEqual({ status: 'rendered', parts: { text: `<${clean}>` } })
      }),
    )
  })
})

describe('texts that name variables by per cent', () => {
  test.each([
    ['Hello %user_name%!', 'Hello {{ user_name }}!'],
    ['%order.total% at 10%', '{{ order.total }} at 10%'],
    ['50% off, 100%', '50% off, 100%'],
  ])('%s becomes %s', (text, liquid) => {
    expect(fromPercentSyntax(text)).toBe(liquid)
  })

  test('whatever they hold beside is text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{{', '{%', '}}', '%}', "'", '"', ' x ', 'if', '%%', '%', '\n'), {
          maxLength: 8,
        }),
        (pieces) => {
          const text = `<${pieces.join('')}>`
          fc.pre(!/%[A-Za-z]\w*%/.test(text))
          expect(said(family(fromPercentSyntax(text)))).toBe(text)
        },
      ),
    )
  })
})
