import { LOCATION } from '../broker/core/model/iri.ts'
import type { JsonObject } from '../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import type { TypeNode } from '../broker/core/query/ast.ts'
import { matchRegistrations } from '../broker/federation/registry/match-registrations.ts'
import { readRegistration } from '../broker/federation/registry/registration.ts'
import { createRegistry, type Registry } from '../broker/federation/registry/registry.ts'
import type { Seeking } from '../broker/federation/registry/sought.ts'
import type { BenchPart, Figure } from './notifications.ts'

const FEW = 10
const MANY = 100_000
const TURNS = 300
/** So often each is measured in turn: the least says most, as nothing but others makes it longer. */
const TIMES = 15

/** Registrations of one kind, and a question that one of them answers. */
interface Kind {
  readonly name: string
  readonly members: (at: number) => JsonObject
  readonly asked: Seeking
}

const iri = (name: string): string => `https://example.org/${name}`
const typed = (name: string): TypeNode => ({ kind: 'type', type: iri(name) })
const bus = (entity: JsonObject): JsonObject => ({
  information: [{ entities: [{ type: iri('Bus'), ...entity }] }],
})

const KINDS: readonly Kind[] = [
  {
    name: 'type',
    members: (at) => ({ information: [{ entities: [{ type: iri(`Type${at}`) }] }] }),
    asked: { types: typed('Type7') },
  },
  {
    name: 'type and id',
    members: (at) => bus({ id: `urn:ngsi-ld:Bus:${at}` }),
    asked: { types: typed('Bus'), ids: ['urn:ngsi-ld:Bus:7'] },
  },
  {
    name: 'id',
    members: (at) => bus({ id: `urn:ngsi-ld:Bus:${at}` }),
    asked: { ids: ['urn:ngsi-ld:Bus:7'] },
  },
  {
    name: 'idPattern',
    members: (at) => bus({ idPattern: `^urn:ngsi-ld:Bus:city${at}:` }),
    asked: { types: typed('Bus'), ids: ['urn:ngsi-ld:Bus:city7:1'] },
  },
  {
    name: 'attribute',
    members: (at) => ({
      information: [{ entities: [{ type: iri('Bus') }], propertyNames: [iri(`attribute${at}`)] }],
    }),
    asked: { types: typed('Bus'), attributes: [iri('attribute7')] },
  },
  {
    name: 'area',
    members: (at) => ({
      ...bus({}),
      location: { type: 'Point', coordinates: [(at % 1000) / 10, Math.floor(at / 1000) / 10] },
    }),
    asked: {
      types: typed('Bus'),
      geo: {
        relation: 'near',
        maxDistance: 100,
        property: LOCATION,
        geometry: { type: 'Point', coordinates: [0.7, 0] },
      },
    },
  },
]

/** Compares what matching costs a query of many registrations and of few; each time one of them matches. */
export async function federationMatch({ isWanted }: BenchPart): Promise<readonly Figure[]> {
  if (!isWanted('federation.match')) return []
  const ratios = KINDS.map((kind) => {
    const few = filled(kind, FEW)
    const many = filled(kind, MANY)
    const times = Array.from({ length: TIMES }, () => [timed(kind, few), timed(kind, many)] as const)
    const cost = Math.min(...times.map(([each]) => each))
    const costOfMany = Math.min(...times.map(([, each]) => each))
    return { name: kind.name, ratio: costOfMany / cost, micros: costOfMany }
  })
  const told = ratios.map(
    ({ name, ratio, micros }) => `${name} ${ratio.toFixed(2)} (${micros.toFixed(0)} us)`,
  )
  return [
    {
      name: 'federation.match',
      value: Math.max(...ratios.map(({ ratio }) => ratio)),
      aim: '<= 2',
      text: `finding the one source of a query among ${MANY} registrations, to finding it among ${FEW}, told from each other by ${told.join(', ')}`,
    },
  ]
}

function filled({ members }: Kind, size: number): Registry {
  const registry = createRegistry()
  for (let at = 0; at < size; at++) {
    const id = `urn:r:${at}`
    const document = {
      id,
      type: 'ContextSourceRegistration',
      endpoint: 'http://source.example',
      ...members(at),
    }
    registry.apply(DEFAULT_TENANT, { id, version: 1, registration: readRegistration(document) })
  }
  return registry
}

/** Microseconds that it takes; the first time, when what is there is put in order, does not count. */
function timed({ name, asked }: Kind, registry: Registry): number {
  const find = (): number =>
    matchRegistrations(registry.candidates(DEFAULT_TENANT, asked), { ...asked, via: [], now: 0 }).length
  for (let turn = 0; turn < TURNS; turn++) {
    if (find() !== 1) throw new Error(`Not one source was found by ${name}`)
  }
  const started = performance.now()
  for (let turn = 0; turn < TURNS; turn++) find()
  return ((performance.now() - started) * 1000) / TURNS
}
