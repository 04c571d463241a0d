import { channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { type Json, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

/** States of Rapid SCADA in which a channel has no value to be believed: undefined, failed formula, unreliable. */
const WITHOUT_VALUE = new Set([0, 3, 4])
const MEMBERS = new Set(['CnlNum', 'Val', 'Stat', 'Text', 'TextWithUnit', 'Color'])

/** Turns the current value of a channel into an attribute of the plant or network that it is of; it was observed when it came. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const { tables, variables, input, doubt, notice } = context
  const [number, state] = [member(record, 'CnlNum'), member(record, 'Stat')]
  if (typeof number !== 'number') throw unmapped('Record has no number of a channel')
  if (typeof state !== 'number') throw unmapped('Record has no state of the channel')
  if (input.receivedAt === undefined) throw unmapped('Record has no time, and it is not known when it came')
  const row = member(tables.channels, String(number))
  const key = textMember(row, 'thing') ?? ''
  const thing = member(tables.things, key)
  const type = textMember(thing, 'type')
  const channel = channelOf(row, type)
  if (!channel || type === undefined) throw unmapped('Channel is not in the table of the feed')
  for (const name of unknownMembers(record)) notice(`Member ${name} is not known`)
  const value = WITHOUT_VALUE.has(state) ? undefined : member(record, 'Val')
  const attribute = reading(channel, value, { observedAt: toUtc(input.receivedAt), doubt })
  return [
    {
      ...described(thing),
      ...factsOf(thing),
      ...(attribute && { [channel.attribute]: attribute }),
      id: iriOf(type, variables.city ?? '', key),
      type,
    },
  ]
}

function unknownMembers(record: Json): readonly string[] {
  return Object.keys(record ?? {})
    .filter((name) => !MEMBERS.has(name))
    .map((name) => name.slice(0, 40))
}
