import type { MapContext } from '../../kit/mapping/mapper.ts'
import {
  type EntityDocument,
  property,
  relationship,
  timeProperty,
} from '../../kit/values/entity-document.ts'
import { RecordFault, unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { compareTimes, toUtc } from '../../kit/values/local-time.ts'
import { placesOf } from './places.ts'

/** Who sent which message when: the name of a message, in its `references` too. */
interface MessageName {
  readonly sender: string
  readonly identifier: string
  readonly sent: string
}

const MESSAGE_TYPES: Readonly<Record<string, string>> = {
  Alert: 'alert',
  Update: 'update',
  Cancel: 'cancel',
}
const SEVERITIES: Readonly<Record<string, string>> = {
  Extreme: 'critical',
  Severe: 'high',
  Moderate: 'medium',
  Minor: 'low',
  Unknown: 'informational',
}
const WORST_FIRST = Object.keys(SEVERITIES)
const URGENCIES = ['Immediate', 'Expected', 'Future', 'Past', 'Unknown']
const CERTAINTIES = ['Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown']

/** Turns one message into what it says of its warning: a cancellation ends it; what ends by its time is for the hub, which knows what came since. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  for (const name of listMember(record, 'unknown'))
    context.notice(`Element ${String(name).slice(0, 40)} is none of CAP`)
  const [status, kind] = [textMember(record, 'status'), textMember(record, 'msgType') ?? '']
  if (textMember(record, 'scope') !== 'Public')
    throw new RecordFault('private', 'Message is not for the public')
  if (status !== 'Actual')
    return passedOver(`Message has status ${status ?? 'none'} and warns of nothing`, context)
  const messageType = Object.hasOwn(MESSAGE_TYPES, kind) ? MESSAGE_TYPES[kind] : undefined
  if (messageType === undefined) return passedOver(`Message of type ${kind} is none to people`, context)
  return [warningOf(record, messageType, context)]
}

function passedOver(text: string, { notice }: MapContext): readonly EntityDocument[] {
  notice(text)
  return []
}

/** All that a message says was so when it was sent: an older message that comes late changes nothing. */
function warningOf(record: Json, messageType: string, context: MapContext): EntityDocument {
  const name = nameOf(record)
  const first = firstOf(record, name, messageType)
  const infos = listMember(record, 'info').filter(isJsonMap)
  const said = infos.length === 0 ? {} : saidBy(infos, name.sent, context)
  return {
    id: iriOf('Alert', first.sender, first.identifier),
    type: 'Alert',
    ...at(name.sent, {
      ...statusOf(messageType, said.endsAt, context),
      messageType: property(messageType),
      identifier: property(name.identifier),
      sender: property(name.sender),
      issuedAt: timeProperty(name.sent),
      ...said,
    }),
  }
}

/** A message that comes after its end warns of nothing any more: it was active, but nobody is to be told so now. */
function statusOf(
  messageType: string,
  endsAt: JsonMap | undefined,
  { input }: MapContext,
): Readonly<Record<string, JsonMap>> {
  if (messageType === 'cancel') return { alertStatus: property('ended') }
  const end = textMember(member(endsAt, 'value'), '@value')
  const now = input.receivedAt ? Date.parse(input.receivedAt) : Date.now()
  return end !== undefined && Date.parse(end) <= now ? {} : { alertStatus: property('active') }
}

function nameOf(record: Json): MessageName {
  const [sender, identifier, sent] = ['sender', 'identifier', 'sent'].map((name) => textMember(record, name))
  if (sender === undefined || identifier === undefined || sent === undefined)
    throw unmapped('Message does not say who sent it, which it is, or when it was sent')
  return { sender, identifier, sent: toUtc(sent) }
}

/** The first message of a chain names its warning. @throws RecordFault where a message says of none that it changes it */
function firstOf(record: Json, own: MessageName, messageType: string): MessageName {
  if (messageType === 'alert') return own
  const before = (textMember(record, 'references') ?? '')
    .split(/\s+/)
    .filter((text) => text !== '')
    .map(referenceOf)
  const [first] = before.sort((left, right) => compareTimes(left.sent, right.sent))
  if (!first) throw unmapped('Message that changes others does not name them')
  return first
}

function referenceOf(text: string): MessageName {
  const [sender, identifier, sent, ...more] = text.split(',')
  if (!sender || !identifier || !sent || more.length > 0)
    throw unmapped('Reference is not sender,identifier,sent')
  return { sender, identifier, sent: toUtc(sent) }
}

/** What the parts of a message say, in all its languages. The worst of those in the first language is what it is about. */
function saidBy(
  infos: readonly JsonMap[],
  sent: string,
  context: MapContext,
): Readonly<Record<string, JsonMap>> {
  const ofOne = infos.filter((info) => languageOf(info) === languageOf(bestOf(infos)))
  const worst = [...ofOne].sort((left, right) => rankOf(left) - rankOf(right))[0] ?? bestOf(infos)
  const place = ofOne.indexOf(worst)
  const [startsAt, endsAt] = [textMember(worst, 'onset') ?? textMember(worst, 'effective'), lastEnd(ofOne)]
  const all = translationsOf(infos, place)
  const agency = textMember(worst, 'senderName')
  const web = textMember(worst, 'web')
  return {
    ...listed(worst, context),
    ...texts('name', all, (info) => textMember(info, 'headline') ?? textMember(info, 'event')),
    ...texts('description', all, (info) => textMember(info, 'description')),
    ...texts('instruction', all, (info) => textMember(info, 'instruction')),
    ...(textMember(worst, 'event') !== undefined && {
      subCategory: property(textMember(worst, 'event') ?? ''),
    }),
    ...(agency !== undefined && { agencyResponsible: property(agency) }),
    ...(web !== undefined && URL.canParse(web) && { webPage: property(web) }),
    startsAt: timeProperty(startsAt === undefined ? sent : toUtc(startsAt)),
    ...(endsAt !== undefined && { endsAt: timeProperty(endsAt) }),
    ...areasOf(ofOne, sent, context),
  }
}

/** In Vietnamese where there is such a part, else in the first language. */
function bestOf(infos: readonly JsonMap[]): JsonMap {
  return infos.find((info) => languageOf(info) === 'vi') ?? infos[0] ?? {}
}

/** Parts that name none are in English (CAP 1.2, 3.2.2); texts of senders here that forget it are not. */
function languageOf(info: JsonMap): string {
  return (textMember(info, 'language') ?? 'vi').slice(0, 2).toLowerCase()
}

function rankOf(info: JsonMap): number {
  const rank = WORST_FIRST.indexOf(textMember(info, 'severity') ?? '')
  return rank < 0 ? WORST_FIRST.length : rank
}

/** The part at the same place among those of each language, the best language first. */
function translationsOf(infos: readonly JsonMap[], place: number): ReadonlyMap<string, JsonMap> {
  const languages = [languageOf(bestOf(infos)), ...infos.map(languageOf)]
  return new Map(
    languages.flatMap((language) => {
      const info = infos.filter((one) => languageOf(one) === language)[place]
      return info ? [[language, info] as const] : []
    }),
  )
}

function texts(
  attribute: string,
  infos: ReadonlyMap<string, JsonMap>,
  textOf: (info: JsonMap) => string | undefined,
): Readonly<Record<string, JsonMap>> {
  const found = [...infos].flatMap(([language, info]) => {
    const text = textOf(info)
    return text === undefined ? [] : [[language, text] as const]
  })
  const [only] = found
  if (!only) return {}
  const isPlain = found.length === 1 && only[0] === 'vi'
  const several = { type: 'LanguageProperty', languageMap: Object.fromEntries(found) }
  return { [attribute]: isPlain ? property(only[1]) : several }
}

/** Values of lists; one that CAP does not have is set aside. */
function listed(info: JsonMap, context: MapContext): Readonly<Record<string, JsonMap>> {
  const [severity, urgency, certainty] = ['severity', 'urgency', 'certainty'].map((name) =>
    textMember(info, name),
  )
  const [category] = listMember(info, 'category')
  return {
    ...ofList('severity', severity, (text) => SEVERITIES[text], context),
    ...ofList('urgency', urgency, (text) => lowered(text, URGENCIES), context),
    ...ofList('certainty', certainty, (text) => lowered(text, CERTAINTIES), context),
    ...ofList('category', category, (text) => textMember(context.tables.categories, text), context),
  }
}

function lowered(text: string, list: readonly string[]): string | undefined {
  return list.includes(text) ? text.toLowerCase() : undefined
}

function ofList(
  attribute: string,
  value: Json | undefined,
  ownOf: (text: string) => string | undefined,
  { doubt }: MapContext,
): Readonly<Record<string, JsonMap>> {
  if (typeof value !== 'string') return {}
  const own = ownOf(value)
  if (own === undefined) doubt(`Value of ${attribute} is none of CAP`)
  return own === undefined ? {} : { [attribute]: property(own) }
}

/** Open where one of the parts says no end. */
function lastEnd(infos: readonly JsonMap[]): string | undefined {
  const ends = infos.flatMap((info) => textMember(info, 'expires') ?? []).map((text) => toUtc(text))
  return ends.length < infos.length ? undefined : ends.sort(compareTimes).at(-1)
}

function areasOf(
  infos: readonly JsonMap[],
  sent: string,
  context: MapContext,
): Readonly<Record<string, JsonMap>> {
  const areas = infos.flatMap((info) => listMember(info, 'area')).filter(isJsonMap)
  const { geometry, units, descriptions } = placesOf(areas, sent, context)
  const text = descriptions.join('; ')
  return {
    ...(geometry && { location: { type: 'GeoProperty', value: geometry } }),
    ...(units.length > 0 && {
      refAdministrativeUnit: relationship(units.length === 1 ? (units[0] ?? '') : units),
    }),
    ...(text !== '' && { address: property({ addressCountry: 'VN', streetAddress: text }) }),
  }
}

function at(observedAt: string, attributes: Readonly<Record<string, JsonMap>>): JsonMap {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, instance]) => [name, { ...instance, observedAt }]),
  )
}

function listMember(value: Json, name: string): readonly Json[] {
  const all = member(value, name)
  return Array.isArray(all) ? all : []
}
