import type { Route } from './route.ts'

/** The routes of one path. */
export interface FoundPath {
  readonly methods: Iterable<string>
  /** Answers the route of a method, HEAD being GET without the content, and what its parameters are in this path. */
  route(method: string): FoundRoute | undefined
}

export interface FoundRoute {
  readonly route: Route
  /** Percent-decoded once. */
  readonly params: Readonly<Record<string, string>>
}

/** A route, and which segments its parameters are. */
interface PlacedRoute {
  readonly route: Route
  readonly places: readonly (readonly [name: string, segment: number])[]
}

interface Node {
  readonly literals: Map<string, Node>
  any?: Node
  readonly routes: Map<string, PlacedRoute>
}

/** Sorts routes by the segments of their paths: to find one takes as long as the path, however many there are. */
export function routeTable(routes: readonly Route[]): (path: string) => FoundPath | undefined {
  const root = newNode()
  for (const route of routes) {
    const segments = segmentsOf(route.path)
    const placed = { route, places: segments.flatMap(placeOf) }
    const node = segments.reduce(child, root)
    node.routes.set(route.method, placed)
    if (route.method === 'GET') node.routes.set('HEAD', placed)
  }
  return (path) => {
    const segments = segmentsOf(path)
    const node = find(root, segments, 0)
    return node && foundPath(node, segments)
  }
}

function newNode(): Node {
  return { literals: new Map(), routes: new Map() }
}

/** A trailing slash says nothing. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/')
  if (segments.length > 2 && segments.at(-1) === '') segments.pop()
  return segments
}

function placeOf(segment: string, at: number): readonly (readonly [string, number])[] {
  return segment.startsWith(':') ? [[segment.slice(1), at]] : []
}

function child(node: Node, segment: string): Node {
  if (segment.startsWith(':')) {
    node.any ??= newNode()
    return node.any
  }
  const known = node.literals.get(segment) ?? newNode()
  node.literals.set(segment, known)
  return known
}

/** What a route names goes before what any segment may be; an empty segment is no value. */
function find(node: Node, segments: readonly string[], at: number): Node | undefined {
  const segment = segments[at]
  if (segment === undefined) return node.routes.size > 0 ? node : undefined
  const named = node.literals.get(segment)
  const found = named && find(named, segments, at + 1)
  if (found || segment === '') return found
  return node.any && find(node.any, segments, at + 1)
}

function foundPath({ routes }: Node, segments: readonly string[]): FoundPath {
  return {
    methods: routes.keys(),
    route: (method) => {
      const placed = routes.get(method)
      if (!placed) return undefined
      const params: Record<string, string> = {}
      for (const [name, at] of placed.places) params[name] = percentDecoded(segments[at] ?? '')
      return { route: placed.route, params }
    },
  }
}

/** What is not well-formed stays as it is. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
