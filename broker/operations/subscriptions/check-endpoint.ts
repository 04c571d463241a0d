import { isIri } from '../../core/model/iri.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { KeyValuePair } from '../../subscriptions/subscription.ts'
import { HIDDEN, mayBeCredential } from '../credentials.ts'

/** What an endpoint (CIM 009 v1.9.1, 5.2.15) has that may be secret. */
export interface EndpointSecrets {
  readonly uri: string
  readonly receiverInfo: readonly KeyValuePair[]
  readonly notifierInfo: readonly KeyValuePair[]
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Headers that belong to the connection are not the subscriber's to set. */
const CONNECTION =
  /^(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|proxy-.*)$/i

/** @throws Problem BadRequestData, OperationNotSupported for a scheme that this hub does not speak */
export function checkEndpoint({ uri, receiverInfo, notifierInfo }: EndpointSecrets): void {
  const url = endpointUrl(uri)
  const mqtt = isMqtt(url)
  if (mqtt) checkTopic(url)
  else if (url.username !== '' || url.password !== '') {
    throw refused('uri has a user or password: give an Authorization header in receiverInfo')
  }
  for (const pair of receiverInfo) {
    refuseHidden('receiverInfo', pair)
    if (!mqtt) checkHeader(pair)
  }
  for (const pair of notifierInfo) {
    refuseHidden('notifierInfo', pair)
    if (mqtt) checkMqtt(pair)
  }
}

/** Answers what everybody may read of an endpoint URI: which server it is, for paths can be secret too. */
export function publicUri(uri: string): string {
  const { protocol, host } = new URL(uri)
  return `${protocol}//${host}/${HIDDEN}`
}

/** Answers an endpoint URI as its owner reads it: without the values in it that may be credentials. */
export function ownUri(uri: string): string {
  const url = new URL(uri)
  if (url.password !== '') url.password = HIDDEN
  const shown = url.password === '' ? uri : url.href
  return shown.replace(/[?#].*/s, (rest) =>
    rest
      .replace(/#.+/s, `#${HIDDEN}`)
      // a parameter without a value may be one itself
      .replaceAll(/([?&])([^=&#]+=)?[^&#]+/g, (_, mark: string, name = '') => `${mark}${name}${HIDDEN}`),
  )
}

/** Answers pairs without the values among them that may be credentials. */
export function shownPairs(pairs: readonly KeyValuePair[]): readonly KeyValuePair[] {
  return pairs.map(({ key, value }) => ({ key, value: mayBeCredential(key) ? HIDDEN : value }))
}

function endpointUrl(uri: string): URL {
  const url = URL.canParse(uri) && isIri(uri) ? new URL(uri) : undefined
  if (!url) throw refused('uri is no URI')
  if (!/^(?:https?|mqtts?):$/.test(url.protocol)) {
    throw new Problem(
      'OperationNotSupported',
      'Subscription endpoint has a uri of another scheme than http, https, mqtt and mqtts',
    )
  }
  if (url.hostname === '') throw refused('uri names no host')
  if (holdsHidden(url))
    throw refused(`uri has ${HIDDEN} in the place of something hidden: give the thing itself`)
  return url
}

function holdsHidden({ password, pathname, searchParams, hash }: URL): boolean {
  if (password === HIDDEN || pathname === `/${HIDDEN}` || hash === `#${HIDDEN}`) return true
  return [...searchParams].some((pair) => pair.includes(HIDDEN))
}

function isMqtt({ protocol }: URL): boolean {
  return protocol === 'mqtt:' || protocol === 'mqtts:'
}

/** The path of an MQTT endpoint is the topic (CIM 009 v1.9.1, 7.2). */
function checkTopic({ pathname, search, hash }: URL): void {
  if (pathname.length < 2) throw refused('uri names no topic, such as mqtt://host/topic')
  if (search !== '' || hash !== '' || /[+#]|%00|%23/.test(pathname))
    throw refused('uri has a topic with a wildcard, a query or a fragment')
}

function checkHeader({ key, value }: KeyValuePair): void {
  if (!HEADER_NAME.test(key) || CONNECTION.test(key))
    throw refused('receiverInfo has a key that is no name of a header, or of one of the connection')
  if (!HEADER_VALUE.test(value)) throw refused(`receiverInfo has a value of ${key} that cannot be a header`)
}

/** CIM 009 v1.9.1, 7.2-1. */
const MQTT: Readonly<Record<string, readonly string[]>> = {
  'MQTT-Version': ['mqtt3.1.1', 'mqtt5.0'],
  'MQTT-QoS': ['0', '1', '2'],
}

function checkMqtt({ key, value }: KeyValuePair): void {
  const [, allowed] = Object.entries(MQTT).find(([name]) => name.toLowerCase() === key.toLowerCase()) ?? []
  if (allowed && !allowed.includes(value))
    throw refused(`notifierInfo has a value of ${key} that is none of ${allowed.join(', ')}`)
}

/** Who reads a subscription and writes it back would lose the credential. */
function refuseHidden(name: string, { key, value }: KeyValuePair): void {
  if (value === HIDDEN && mayBeCredential(key))
    throw refused(`${name} has ${HIDDEN} as the value of ${key}: give the value itself`)
}

function refused(text: string): Problem {
  return badRequestData(`Subscription endpoint ${text}`)
}
