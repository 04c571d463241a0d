import { Counter, type Registry } from 'prom-client'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Route } from '../http/route.ts'
import { unclassifiedRoutes } from '../http/routes/unclassified-routes.ts'
import { listUnclassified } from '../operations/privacy/list-unclassified.ts'
import { UnclassifiedWatch, type WatchDependencies } from '../operations/privacy/unclassified-watch.ts'

/** What watches over attributes that nobody classified, and what tells of it. */
export interface AssembledUnclassified {
  readonly routes: readonly Route[]
  start(): Promise<void>
  stop(): Promise<void>
}

interface Parts extends Pick<WatchDependencies, 'store' | 'clock'> {
  readonly ontology: Pick<Ontology, 'personalData'>
  readonly metrics: Registry
  readonly failed: (error: unknown, text: string) => void
}

/** Puts together the watch over what carries identifiers and is not classified. */
export function assembleUnclassified({
  store,
  clock,
  ontology,
  metrics,
  failed,
}: Parts): AssembledUnclassified {
  const found = new Counter({
    name: 'hub_unclassified_identifiers_total',
    help: 'Identifiers seen in attributes that nobody classified, by detector',
    labelNames: ['detector'] as const,
    registers: [metrics],
  })
  const watch = new UnclassifiedWatch({
    ...{ store, clock },
    classOf: (attribute, types) => ontology.personalData(attribute, types),
    found: (detector) => found.inc({ detector }),
    failed: (error) => failed(error, 'unclassified attributes are not looked at'),
  })
  return {
    routes: unclassifiedRoutes({ listUnclassified: listUnclassified(watch) }),
    start: () => watch.start(),
    stop: () => watch.stop(),
  }
}
