// Makes conditions by the query builder of the client, which writes nothing that the hub could not read.

import { attributePath, time } from '/client.js'
import { callsOf, Time } from '/docs/workbench/calls.js'

/** Writes conditions as one `q`; empty where there are none. @throws TypeError for what no query can hold */
export function writeQ(conditions, { join, kindOf }) {
  const [first, ...others] = conditions
    .filter(({ attribute }) => attribute !== '')
    .map((condition) => made(callsOf(condition, kindOf(condition.attribute))))
  if (first === undefined) return ''
  return String(join === 'any' ? first.or(...others) : first.and(...others))
}

function made([[, name], ...calls]) {
  return calls.reduce(
    (path, [method, ...values]) =>
      path[method](...values.map((value) => (value instanceof Time ? time(value.text) : value))),
    attributePath(name),
  )
}
