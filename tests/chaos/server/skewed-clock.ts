/**
 * Imported before anything else by a process whose clock goes wrong: from then on `Date` is as many milliseconds ahead as
 * `skewMs` in `INVITE_ME_CHAOS_WORKER` says, for every library too. Durations stay right, as on a machine with a wrong clock.
 */
const { skewMs = 0 } = JSON.parse(process.env['INVITE_ME_CHAOS_WORKER'] ?? '{}') as {
  readonly skewMs?: number
}

if (skewMs !== 0) {
  const now = Date.now.bind(Date)
  globalThis.Date = new Proxy(Date, {
    construct: (right, values, target) =>
      Reflect.construct(right, values.length === 0 ? [now() + skewMs] : values, target) as Date,
    get: (right, name, receiver) =>
      name === 'now' ? () => now() + skewMs : (Reflect.get(right, name, receiver) as unknown),
  })
}

export {}
