import { createInterface } from 'node:readline'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { carriedIdentifiers } from '../../../security/masking/carried-identifiers.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions } from './ask-hub.ts'

/** What of a scan is told: where, which detector, how often; never a value. */
interface Line {
  readonly type: string
  readonly attribute: string
  readonly path: string
  readonly detector: string
  readonly count: number
}

const PATIENCE_MILLISECONDS = 600_000

/** Where lines and remarks go. */
interface Printing {
  readonly out: (text: string) => void
  readonly note: (text: string) => void
}

const TO_TERMINAL: Printing = {
  out: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(text),
}

/** Prints what was found since it was first written, as the hub noted it. */
export async function printNoted(hub: HubOptions, { out, note }: Printing = TO_TERMINAL): Promise<void> {
  const { body } = await askHub(hub, { path: '/hub/v1/privacy/unclassified' })
  const { findings, passedOver } = (await body.json()) as { findings: readonly Noted[]; passedOver: number } // as documented
  print(
    findings.map(({ attributes, ...rest }) => ({ ...rest, attribute: attributes.join('.') })),
    { out, note },
  )
  if (passedOver > 0) note(`${passedOver} changes were not looked at: there were too many\n`)
}

interface Noted extends Omit<Line, 'attribute'> {
  readonly attributes: readonly string[]
}

/** Looks through all entities that a running hub holds itself, as the account sees them, and prints what is found. */
export async function scanHub(hub: HubOptions, printing: Printing = TO_TERMINAL): Promise<void> {
  const path = '/ngsi-ld/v1/entities?type=*&local=true'
  const { body } = await askHub(hub, {
    path,
    accept: 'application/x-ndjson',
    patienceMs: PATIENCE_MILLISECONDS,
  })
  const isOpen = unclassified()
  const lines = new Map<string, Line>()
  let entities = 0
  for await (const text of createInterface({ input: body })) {
    const entity: unknown = JSON.parse(text)
    if (!isJsonObject(entity as JsonValue))
      throw new CommandFailure('Hub answers with something that is no entity')
    entities++
    noteEntity(entity as JsonObject, isOpen, lines) // told apart above
  }
  print([...lines.values()], printing)
  printing.note(`looked at ${entities} entities\n`)
}

type IsOpen = (attribute: string, type: string) => boolean

/** Names as the ontology's @context has them, or expanded; whatever else is classified nowhere. */
function unclassified(): IsOpen {
  const { attributes, types, personalData } = readOntology(packageRoot)
  const known = new Map([...attributes.values(), ...types.values()].map(({ name, iri }) => [name, iri]))
  const expand = (name: string): string => known.get(name) ?? name
  return (attribute, type) => personalData(expand(attribute), [expand(type)]) === undefined
}

const OWN: ReadonlySet<string> = new Set([
  'id',
  'type',
  'scope',
  '@context',
  'createdAt',
  'modifiedAt',
  'expiresAt',
])
/** Members of an attribute that hold what it says; the others are sub-attributes, or say nothing. */
const VALUES = ['value', 'languageMap', 'json', 'valueList', 'vocab', 'object', 'objectList']
const META: ReadonlySet<string> = new Set([
  ...VALUES,
  'type',
  'observedAt',
  'unitCode',
  'datasetId',
  'objectType',
  'valueType',
])

function noteEntity(entity: JsonObject, isOpen: IsOpen, lines: Map<string, Line>): void {
  const type = String([entity.type].flat()[0])
  walk(entity, [])

  function walk(holder: JsonObject, above: readonly string[]): void {
    for (const [name, content] of Object.entries(holder)) {
      if ((above.length === 0 ? OWN : META).has(name)) continue
      for (const instance of [content].flat())
        if (isJsonObject(instance)) noteInstance(instance, [...above, name])
    }
  }

  function noteInstance(instance: JsonObject, path: readonly string[]): void {
    const name = path.at(-1) ?? ''
    if (isOpen(name, type) && instance.type !== 'GeoProperty') {
      const label = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('#')) + 1)
      for (const member of VALUES) {
        for (const found of carriedIdentifiers(instance[member] ?? null, label)) add(path.join('.'), found)
      }
    }
    walk(instance, path)
  }

  function add(attribute: string, { path, detector }: ReturnType<typeof carriedIdentifiers>[number]): void {
    const key = JSON.stringify([type, attribute, path, detector])
    lines.set(key, { type, attribute, path, detector, count: (lines.get(key)?.count ?? 0) + 1 })
  }
}

function print(lines: readonly Line[], { out, note }: Printing): void {
  const sorted = [...lines].sort((one, other) => other.count - one.count)
  for (const { type, attribute, path, detector, count } of sorted)
    out(`${count}\t${type}\t${attribute}${path === '' ? '' : `[${path}]`}\t${detector}\n`)
  if (sorted.length === 0) note('nothing found\n')
}
