import { expect, test } from 'vitest'
import { escapeDiscord } from './escape.ts'

test.each([
  [
    '*stars* _lines_ ~~gone~~ `ticks` ||secret||',
    '\\*stars\\* \\_lines\\_ \\~\\~gone\\~\\~ \\`ticks\\` \\|\\|secret\\|\\|',
  ],
  ['<@175928847299117063> <#1> <:smile:1>', '\\<@175928847299117063\\> \\<\\#1\\> \\<:smile:1\\>'],
  ['[bank](https://evil.test)', '\\[bank\\](https://evil.test)'],
  ['# big\n> quote\n- item\n1. first', '\\# big\n\\> quote\n\\- item\n1\\. first'],
  ['a - b at 18:00, 3.5 kg', 'a - b at 18:00, 3.5 kg'],
  ['back\\slash', 'back\\\\slash'],
  ['see https://guests.test/a_b_c?d=1#e now', 'see https://guests.test/a_b_c?d=1#e now'],
  ['https://guests.test/)[bank](https://evil.test', 'https://guests.test/)\\[bank\\](https://evil.test'],
  ['Pâté 🍝 שלום', 'Pâté 🍝 שלום'],
])('%s becomes %s', (text, escaped) => {
  expect(escapeDiscord(text)).toBe(escaped)
})
