import { type Channel, channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

/** A tag whose device and parameter are in the tables. */
interface Tag {
  readonly device: string
  readonly parameter: string
}

/** Turns a message into what its devices measured: one entity for each of them that is in the table. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const [items, time] = [member(record, 'd'), textMember(record, 'ts') ?? context.input.receivedAt]
  if (!Array.isArray(items)) throw unmapped('Message has no list of tags')
  if (time === undefined) throw unmapped('Message has no time, and it is not known when it came')
  const observedAt = toUtc(time)
  const measured = new Map<string, JsonMap>()
  for (const item of items) {
    const tag = tagOf(textMember(item, 'tag') ?? '', context)
    const channel = tag && channelFor(tag, context)
    if (!channel) continue
    const attribute = reading(channel, member(item, 'value'), { observedAt, doubt: context.doubt })
    measured.set(tag.device, {
      ...measured.get(tag.device),
      ...(attribute && { [channel.attribute]: attribute }),
    })
  }
  return [...measured].map(([device, attributes]) => entityOf(device, attributes, context))
}

/** Codes of devices have underscores too: the parameter is what the table of parameters has. */
function tagOf(tag: string, { tables, notice }: MapContext): Tag | undefined {
  const parameter = Object.keys(isJsonMap(tables.parameters) ? tables.parameters : {}).find((name) =>
    tag.endsWith(`_${name}`),
  )
  const device = tag.slice(0, -(parameter?.length ?? 0) - 1)
  if (parameter !== undefined && member(tables.devices, device) !== undefined) return { device, parameter }
  notice(`Tag ${tag.slice(0, 60)} is not in the tables of the feed`)
  return undefined
}

function channelFor({ device, parameter }: Tag, { tables }: MapContext): Channel | undefined {
  return channelOf(member(tables.parameters, parameter), textMember(member(tables.devices, device), 'type'))
}

function entityOf(device: string, attributes: JsonMap, { tables, variables }: MapContext): EntityDocument {
  const row = member(tables.devices, device)
  const type = textMember(row, 'type') ?? ''
  return {
    ...described(row),
    ...factsOf(row),
    code: property(device),
    ...attributes,
    id: iriOf(type, variables.city ?? '', device),
    type,
  }
}
