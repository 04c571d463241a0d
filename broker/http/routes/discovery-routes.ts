import { createHash } from 'node:crypto'
import type { components } from '../../../openapi/generated/types.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { type Iri, isName } from '../../core/model/iri.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Discover } from '../../operations/discovery/discover.ts'
import type { retrieveAttributeDetails } from '../../operations/discovery/retrieve-attribute-details.ts'
import type { retrieveAttributeInformation } from '../../operations/discovery/retrieve-attribute-information.ts'
import type { retrieveAttributes } from '../../operations/discovery/retrieve-attributes.ts'
import type { retrieveEntityTypeDetails } from '../../operations/discovery/retrieve-entity-type-details.ts'
import type { retrieveEntityTypeInformation } from '../../operations/discovery/retrieve-entity-type-information.ts'
import type { retrieveEntityTypes } from '../../operations/discovery/retrieve-entity-types.ts'
import { flag } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import { warned } from '../encode/warned.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

type Schemas = components['schemas']
type Body<Name extends keyof Schemas> = Omit<Schemas[Name], '@context'>

/** The generated type of what stands inside allows a @context there. */
type TypeInformation = Omit<Body<'EntityTypeInfo'>, 'attributeDetails'> & {
  readonly attributeDetails: readonly Body<'AvailableAttribute'>[]
}

/** The operations behind the discovery resources. */
export interface DiscoveryOperations {
  readonly retrieveEntityTypes: ReturnType<typeof retrieveEntityTypes>
  readonly retrieveEntityTypeDetails: ReturnType<typeof retrieveEntityTypeDetails>
  readonly retrieveEntityTypeInformation: ReturnType<typeof retrieveEntityTypeInformation>
  readonly retrieveAttributes: ReturnType<typeof retrieveAttributes>
  readonly retrieveAttributeDetails: ReturnType<typeof retrieveAttributeDetails>
  readonly retrieveAttributeInformation: ReturnType<typeof retrieveAttributeInformation>
}

const ROOT = '/ngsi-ld/v1'

/** Routes of `/types` and `/attributes` (CIM 009 v1.9.1, 6.25 to 6.28). */
export function discoveryRoutes(operations: DiscoveryOperations): readonly Route[] {
  const get = { method: 'GET', body: 'none' } as const
  const list = ['details', 'local']
  return [
    { ...get, path: `${ROOT}/types`, parameters: list, handle: types },
    { ...get, path: `${ROOT}/types/:type`, parameters: ['local'], handle: typeInformation },
    { ...get, path: `${ROOT}/attributes`, parameters: list, handle: attributes },
    { ...get, path: `${ROOT}/attributes/:attribute`, parameters: ['local'], handle: attributeInformation },
  ]

  async function types(request: HubRequest): Promise<HubAnswer> {
    const { command, table, details } = await asked(request)
    if (details) {
      const found = await operations.retrieveEntityTypeDetails(command)
      const linkedData = found.details.map(
        ({ type, attributes: names }): Body<'EntityType'> => ({
          id: type,
          type: 'EntityType',
          typeName: table.compact(type),
          attributeNames: compacted(names, table),
        }),
      )
      return { status: 200, table, linkedData, headers: warned(found.warnings) }
    }
    const { names, warnings } = await operations.retrieveEntityTypes(command)
    const typeList = compacted(names, table)
    const linkedData: Body<'EntityTypeList'> = {
      id: listId('EntityTypeList', typeList),
      type: 'EntityTypeList',
      typeList,
    }
    return { status: 200, table, linkedData, headers: warned(warnings) }
  }

  async function typeInformation(request: HubRequest): Promise<HubAnswer> {
    const { command, table } = await asked(request)
    const type = nameOf(request, 'type', table)
    const found = await operations.retrieveEntityTypeInformation({ ...command, type })
    const linkedData: TypeInformation = {
      id: type,
      type: 'EntityTypeInfo',
      typeName: table.compact(type),
      ...(found.entities !== undefined && { entityCount: found.entities }),
      attributeDetails: [...found.attributes].map(([attribute, kinds]) => ({
        id: attribute,
        type: 'Attribute',
        attributeName: table.compact(attribute),
        attributeTypes: [...kinds],
      })),
    }
    return { status: 200, table, linkedData, headers: warned(found.warnings) }
  }

  async function attributes(request: HubRequest): Promise<HubAnswer> {
    const { command, table, details } = await asked(request)
    if (details) {
      const found = await operations.retrieveAttributeDetails(command)
      const linkedData = found.details.map(
        ({ attribute, types: names }): Body<'AvailableAttribute'> => ({
          id: attribute,
          type: 'Attribute',
          attributeName: table.compact(attribute),
          typeNames: compacted(names, table),
        }),
      )
      return { status: 200, table, linkedData, headers: warned(found.warnings) }
    }
    const { names, warnings } = await operations.retrieveAttributes(command)
    const attributeList = compacted(names, table)
    const linkedData: Body<'AttributeList'> = {
      id: listId('AttributeList', attributeList),
      type: 'AttributeList',
      attributeList,
    }
    return { status: 200, table, linkedData, headers: warned(warnings) }
  }

  async function attributeInformation(request: HubRequest): Promise<HubAnswer> {
    const { command, table } = await asked(request)
    const attribute = nameOf(request, 'attribute', table)
    const found = await operations.retrieveAttributeInformation({ ...command, attribute })
    const linkedData: Body<'AvailableAttribute'> = {
      id: attribute,
      type: 'Attribute',
      attributeName: table.compact(attribute),
      ...(found.instances !== undefined && { attributeCount: found.instances }),
      attributeTypes: [...found.kinds],
      typeNames: compacted(found.types, table),
    }
    return { status: 200, table, linkedData, headers: warned(found.warnings) }
  }
}

interface Asked {
  readonly command: Discover
  readonly table: TermTable
  readonly details: boolean
}

/** Reads what all these resources take. @throws Problem */
async function asked(request: HubRequest): Promise<Asked> {
  const { query, headers } = request
  const local = flag(query, 'local') ?? false
  const details = flag(query, 'details') ?? false
  const table = await request.table()
  return { command: { ...who(request), table, local, via: headers.via, headers }, table, details }
}

function compacted(names: readonly Iri[], table: TermTable): string[] {
  return names.map((name) => table.compact(name))
}

/** Expands the name of the path, short or full. @throws Problem BadRequestData, or ResourceNotFound for an entity's own members */
function nameOf({ params }: HubRequest, parameter: 'type' | 'attribute', table: TermTable): Iri {
  const name = params[parameter] ?? ''
  if (!isName(name)) throw badRequestData(`Path holds ${JSON.stringify(name)}, which is no name`)
  if (name === 'id' || name === 'type')
    throw new Problem('ResourceNotFound', `Member ${name} is no ${parameter}`)
  return table.expand(name)
}

/** Equal lists have equal ids. */
function listId(kind: string, names: readonly string[]): string {
  const id = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32)
  return `urn:ngsi-ld:${kind}:${id}`
}
