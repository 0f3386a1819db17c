import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { checkByPromtool, explainNoPromtool } from '../../../tests/peers/promtool.ts'
import { ownVariables } from './config.ts'
import { serverSettings } from './server-settings.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const noPromtool = explainNoPromtool()

/** As much of the Compose specification as we use; anything else is a slip. */
const healthcheck = z.strictObject({
  test: z.array(z.string()).min(2),
  interval: z.string(),
  timeout: z.string(),
  start_period: z.string().optional(),
})
const service = z.strictObject({
  image: z.string().optional(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  restart: z.literal('unless-stopped').optional(),
  hostname: z.string().optional(),
  stop_grace_period: z.string().optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'published on this machine only')).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: healthcheck.optional(),
  develop: z
    .strictObject({
      watch: z.array(
        z.strictObject({
          action: z.literal('rebuild'),
          path: z.string(),
          ignore: z.array(z.string()).optional(),
        }),
      ),
    })
    .optional(),
})
const composeFile = z.strictObject({
  name: z.string(),
  'x-invite-me': z.unknown(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
})

describe('compose.yaml', () => {
  const compose = composeFile.parse(parse(read('compose.yaml'), { merge: true }))
  const services = Object.entries(compose.services)

  it('waits for what is healthy, never for a time', () => {
    for (const [, { depends_on: needed = {} }] of services)
      for (const name of Object.keys(needed)) expect(compose.services[name]).toHaveProperty('healthcheck')
  })

  it('keeps in volumes what must survive', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]))
    expect(used.toSorted()).toEqual(Object.keys(compose.volumes).toSorted())
    expect(compose.services['postgres']?.volumes).toHaveLength(1)
  })

  it('sets only variables that mean something, and gives the server time to stop', () => {
    const known = new Set([...ownVariables, 'INVITE_ME_EMAIL_SMTP', 'INVITE_ME_EMAIL_FROM'])
    const ours = services.filter(([, { image }]) => image === 'invite-me')
    expect(ours.map(([name]) => name)).toEqual(['server', 'worker'])
    for (const [, { environment = {}, stop_grace_period: grace }] of ours) {
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([])
      expect(Number.parseInt(grace ?? '', 10)).toBeGreaterThan(25)
    }
  })

  it('watches what exists', () => {
    const watched = services.flatMap(([, { develop }]) => develop?.watch.map(({ path }) => path) ?? [])
    expect(watched.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })
})

describe('the Dockerfile', () => {
  const text = read('Dockerfile')
  const lines = text.split('\n').filter((line) => /^[A-Z]+ /.test(line))

  it('makes one image that runs as nobody special', () => {
    expect(lines.filter((line) => line.startsWith('FROM'))).toHaveLength(2)
    expect(lines.findLast((line) => line.startsWith('USER'))).toBe('USER node')
    expect(JSON.parse(/^CMD (.*)$/m.exec(text)?.[1] ?? '')).toEqual(['serve', '--host', '0.0.0.0'])
  })

  it('uses the pnpm of this repository and copies what exists', () => {
    expect(text).toContain(JSON.parse(read('package.json')).packageManager)
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1))
    expect(copied.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('takes no secrets and no built files along', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const path of ['.env', '.git', '**/node_modules', '**/dist', '**/*.db'])
      expect(ignored).toContain(path)
  })
})

/** Names the page about metrics promises. */
const promised = new Set(
  [...read('docs/operations/observe.md').matchAll(/`(invite_me_\w+|process_\w+)`/g)].map(([, name]) => name),
)
const namesIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/\b(?:invite_me|process)_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    ),
  ),
]

describe('dashboard and alerts', () => {
  it.each(['deploy/grafana/invite-me.json', 'deploy/prometheus/alerts.yml'])(
    '%s asks only for metrics there are',
    (path) => {
      expect(namesIn(read(path)).filter((name) => !promised.has(name))).toEqual([])
    },
  )

  it('the dashboard shows every panel once, where there is room', () => {
    const { panels }: { panels: readonly { id: number; gridPos: { x: number; w: number } }[] } = JSON.parse(
      read('deploy/grafana/invite-me.json'),
    )
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24)).toBe(true)
  })

  it.skipIf(noPromtool !== undefined)(
    `the rules keep to those of Prometheus${noPromtool === undefined ? '' : ` (${noPromtool})`}`,
    () => {
      const file = fileURLToPath(new URL('deploy/prometheus/alerts.yml', root))
      expect(checkByPromtool(['rules', file])).toBe('')
    },
  )
})

describe('docs/operations/deploy.md', () => {
  it.each(serverSettings)('tells about $name', ({ name, env }) => {
    const page = read('docs/operations/deploy.md')
    expect(page).toContain(`\`${name}\``)
    expect(page).toContain(`\`${env}\``)
  })
})
