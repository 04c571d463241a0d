import { expect } from 'chai'
import type { TestAnswer, TestHub } from './hub.ts'

export const EVOLUTIONS = '/ngsi-ld/v1/temporal/entities'

/** A Property as it was observed in a minute of the first hour of 2026. */
export const at = (minute: number, value: unknown, members: object = {}) => ({
  type: 'Property',
  value,
  observedAt: minuteOf(minute),
  ...members,
})

export const minuteOf = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`

/** A window of minutes, as parameters. */
export const between = (from: number, to: number) =>
  `timerel=between&timeAt=${minuteOf(from)}&endTimeAt=${minuteOf(to)}`

/** Provides history; refuses anything but the status that is expected. */
export async function provide(hub: TestHub, body: object, status = 201): Promise<TestAnswer> {
  const answer = await hub.send(EVOLUTIONS, { method: 'POST', body })
  expect(answer.status, answer.text).to.equal(status)
  return answer
}

/** Values of an attribute with their times, oldest first. */
export async function values(hub: TestHub, id: string, name: string): Promise<unknown> {
  const { body } = await hub.send(`${EVOLUTIONS}/${id}?format=temporalValues`)
  return body[name]?.values
}
