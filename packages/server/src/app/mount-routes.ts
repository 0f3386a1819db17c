import type { Hono } from 'hono'
import type { AppEnv, AppWorld } from './app-world.ts'
import type { Route } from './route.ts'
import { serveRoute } from './serve-route.ts'
import { methodNotAllowed } from './unmatched.ts'

/** Adds routes to an application; a method a path does not have is told which ones it has. */
export function mountRoutes(hono: Hono<AppEnv>, world: AppWorld, routes: readonly Route[]): void {
  for (const route of routes.toSorted(byPath))
    hono.on(route.method.toUpperCase(), honoPath(route.path), (context) => serveRoute(world, route, context))
  for (const { path, methods } of methodsByPath(routes))
    hono.all(honoPath(path), (context) => methodNotAllowed(context, path, methods))
}

/** Fixed paths before those with named parts, so that `/v1/deliveries/counts` is no delivery. */
function byPath(a: Pick<Route, 'path'>, b: Pick<Route, 'path'>): number {
  const order = ({ path }: Pick<Route, 'path'>): string => path.replaceAll(/\{\w+\}/g, '\uffff')
  return order(a) < order(b) ? -1 : 1
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

interface PathMethods {
  readonly path: `/${string}`
  readonly methods: readonly string[]
}

/** The methods of each path; a fixed one has those of the paths with named parts it fits, too. */
function methodsByPath(routes: readonly Route[]): readonly PathMethods[] {
  const paths = [...new Set(routes.map(({ path }) => path))]
  return paths
    .map((path) => {
      const fitting = routes.filter((route) => route.path === path || fits(route.path, path))
      const methods = fitting.flatMap(({ method }) =>
        method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
      )
      return { path, methods: [...new Set(methods)] }
    })
    .toSorted(byPath)
}

function fits(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/{}]+')}$`).test(path)
}
