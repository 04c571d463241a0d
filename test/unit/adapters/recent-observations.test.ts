import { expect } from 'chai'
import { RecentObservations } from '../../../adapters/kit/intake/recent-observations.ts'
import { type ListedDocument, listed, property } from '../../../adapters/kit/values/entity-document.ts'

const at = (hour: number): string => new Date(Date.UTC(2025, 0, 1, hour)).toISOString()
const reading = (hour: number, value: number, name = 'pm25', id = 'urn:t:station'): ListedDocument =>
  listed({ id, type: 'AirQualityObserved', [name]: property(value, { observedAt: at(hour) }) })

describe('recent observations', () => {
  it('knows the last value of each entity, attribute and time, also when written and read', () => {
    const recent = new RecentObservations()
    for (const document of [reading(1, 10), reading(1, 20, 'pm10'), reading(2, 11)]) recent.add(document)
    for (const known of [recent, new RecentObservations(recent.toText())]) {
      expect(known.has(reading(1, 10))).to.equal(true)
      expect(known.has(reading(1, 20, 'pm10'))).to.equal(true)
      expect(known.has(reading(2, 11))).to.equal(true)
      expect(known.has(reading(2, 10))).to.equal(false)
      expect(known.has(reading(3, 10))).to.equal(false)
      expect(known.has(reading(1, 10, 'pm25', 'urn:t:other'))).to.equal(false)
    }
  })

  it('knows only the correction of a value, and nothing once told to forget', () => {
    const recent = new RecentObservations()
    recent.add(reading(1, 10))
    recent.add(reading(1, 12))
    expect([recent.has(reading(1, 10)), recent.has(reading(1, 12))]).to.deep.equal([false, true])
    recent.forget(reading(1, 99))
    expect(recent.has(reading(1, 12))).to.equal(false)
  })

  it('leaves out what was not observed at a time, and reads nothing from a broken text', () => {
    const recent = new RecentObservations()
    const untimed = listed({ id: 'urn:t:1', type: 'T', name: property('n') })
    recent.add(untimed)
    expect(recent.has(untimed)).to.equal(false)
    expect(recent.toText()).to.equal('')
    expect(new RecentObservations('AAAA').toText()).to.equal('')
  })

  it('forgets the oldest of more than ten thousand', () => {
    const recent = new RecentObservations()
    for (let hour = 0; hour <= 11_000; hour++) recent.add(reading(hour, hour))
    expect(recent.has(reading(1000, 1000))).to.equal(false)
    expect(recent.has(reading(1001, 1001))).to.equal(true)
    expect(recent.has(reading(11_000, 11_000))).to.equal(true)
    expect(recent.toText()).to.have.length(10_000 * 16)
    recent.add(reading(11_001, 11_001))
    expect(recent.toText()).to.have.length(10_000 * 16)
  })
})
