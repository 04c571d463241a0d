import type { Instance } from '../model/entity.ts'
import type { JsonValue } from '../model/json.ts'
import { canonicalJson, isJsonArray, isJsonObject } from '../model/json.ts'
import { formatDateTime } from '../model/time.ts'
import { compareText } from '../query/compare-text.ts'
import type { AggregationMethod } from './aggregation.ts'
import { APPLICABLE, type Measure, type MeasureClass, measureOf } from './measure.ts'

/** What is known of several numbers together. */
export interface NumberTotal {
  readonly count: number
  readonly sum: number
  readonly sumsq: number
  readonly min: number
  readonly max: number
}

/** Where values of several classes meet in one period, the first one to which a method applies decides. */
const ORDER: readonly MeasureClass[] = ['number', 'time', 'instant', 'text', 'size']

/** What the values of one period come to, method by method (CIM 009 v1.9.1, 4.5.19.1). */
export class Tally {
  #count = 0
  #distinct: Set<string> | undefined
  readonly #classes = new Map<MeasureClass, ClassTally>()

  /** Only where it is asked for are distinct values remembered. */
  constructor(methods: readonly AggregationMethod[]) {
    if (methods.includes('distinctCount')) this.#distinct = new Set()
  }

  add(instance: Instance): void {
    this.#count++
    if (this.#distinct) for (const key of distinctKeys(instance)) this.#distinct.add(key)
    const measure = measureOf(instance)
    if (measure) this.#of(measure.class).add(measure)
  }

  /** Adds numbers that somebody else summed up; their distinct values are not known, nor those of all of them. */
  addTotal(total: NumberTotal): void {
    this.#distinct = undefined
    this.#count += total.count
    this.#of('number').addTotal(total)
  }

  /** Answers undefined where the method applies to none of the values. */
  result(method: AggregationMethod): JsonValue | undefined {
    if (method === 'totalCount') return this.#count
    if (method === 'distinctCount') return this.#distinct?.size
    const decides = ORDER.find((name) => this.#classes.has(name) && APPLICABLE[name].has(method))
    return decides && this.#classes.get(decides)?.result(method)
  }

  #of(name: MeasureClass): ClassTally {
    const known = this.#classes.get(name)
    if (known) return known
    const tally = new ClassTally()
    this.#classes.set(name, tally)
    return tally
  }
}

/** Targets of a relationship are counted one by one (table 3). */
function distinctKeys({ kind, value }: Instance): readonly string[] {
  const isRelationship = kind === 'Relationship' || kind === 'ListRelationship'
  return isRelationship && isJsonArray(value) ? value.map(canonicalJson) : [canonicalJson(value)]
}

/** The values of one class. Squares are summed up around the mean too, so that a deviation is exact for large numbers. */
class ClassTally {
  #count = 0
  #sum = 0
  #sumsq = 0
  #spread = 0
  #least: Measure | undefined
  #greatest: Measure | undefined

  add(measure: Measure): void {
    this.#compare(measure)
    const { key } = measure
    if (typeof key === 'number') this.#sumUp({ count: 1, sum: key, sumsq: key * key }, 0)
  }

  addTotal(total: NumberTotal): void {
    const { count, sum, sumsq, min, max } = total
    for (const value of [min, max]) this.#compare({ class: 'number', key: value, value })
    this.#sumUp(total, Math.max(0, sumsq - (sum * sum) / count))
  }

  result(method: AggregationMethod): JsonValue | undefined {
    switch (method) {
      case 'sum':
        return this.#sum
      case 'sumsq':
        return this.#sumsq
      case 'avg':
        return this.#mean()
      case 'stddev':
        return Math.sqrt(this.#spread / this.#count)
      case 'min':
        return this.#least?.value
      case 'max':
        return this.#greatest?.value
      default:
        return undefined
    }
  }

  /** Two groups together: Chan, Golub and LeVeque's update of squares around the mean. */
  #sumUp({ count, sum, sumsq }: Omit<NumberTotal, 'min' | 'max'>, spread: number): void {
    const all = this.#count + count
    const apart = this.#count === 0 ? 0 : sum / count - this.#sum / this.#count
    this.#spread += spread + (apart * apart * this.#count * count) / all
    this.#count = all
    this.#sum += sum
    this.#sumsq += sumsq
  }

  #compare(measure: Measure): void {
    if (!this.#least || compareKeys(measure.key, this.#least.key) < 0) this.#least = measure
    if (!this.#greatest || compareKeys(measure.key, this.#greatest.key) > 0) this.#greatest = measure
  }

  /** Of times of the day it is a time again, told as they are. */
  #mean(): JsonValue {
    const mean = this.#sum / this.#count
    if (this.#least?.class !== 'time') return mean
    const text = formatDateTime(Math.round(mean)).slice('1970-01-01T'.length)
    return isJsonObject(this.#least.value) ? { ...this.#least.value, '@value': text } : text
  }
}

function compareKeys(left: number | string, right: number | string): number {
  return typeof left === 'number' ? left - Number(right) : compareText(left, String(right))
}
