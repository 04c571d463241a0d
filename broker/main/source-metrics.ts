import { Counter, Gauge, type Registry } from 'prom-client'
import type { Micros } from '../core/model/time.ts'
import type { SourceRecord, SourceStates } from '../federation/states/source-states.ts'

/** So many sources are named in the metrics; what is further is summed up, with the sources of tenants. */
const NAMED = 100
const OTHERS = 'others'
const CIRCUITS = ['closed', 'half-open', 'open'] as const
const QUANTILES = { p50: '0.5', p95: '0.95', p99: '0.99' } as const

/** Shows how the sources of the federation do: by alias or id of their registration, never by tenant. */
export function sourceMetrics(
  registry: Registry,
  states: Pick<SourceStates, 'all'>,
  clock: () => Micros,
): void {
  const registers = [registry]
  const requests = new Counter({
    name: 'hub_source_requests_total',
    help: 'Requests that a context source should have taken part in, by what became of them',
    labelNames: ['source', 'outcome'] as const,
    registers,
    // it is read first, and collects for the others
    collect: () => collect(),
  })
  const latency = new Gauge({
    name: 'hub_source_latency_seconds',
    help: 'Time that the latest answers of a context source took',
    labelNames: ['source', 'quantile'] as const,
    registers,
  })
  const contact = new Gauge({
    name: 'hub_source_last_contact_timestamp_seconds',
    help: 'When a context source answered last',
    labelNames: ['source'] as const,
    registers,
  })
  const circuit = new Gauge({
    name: 'hub_source_circuit',
    help: 'Whether a context source is asked: 0 yes, 1 by one request at a time, 2 no',
    labelNames: ['source'] as const,
    registers,
  })

  function collect(): void {
    for (const family of [requests, latency, contact, circuit]) family.reset()
    let named = 0
    for (const [label, record] of states.all(clock())) {
      const source = label === undefined || named >= NAMED ? OTHERS : label
      count(requests, source, record)
      if (source === OTHERS) continue
      named++
      for (const [name, quantile] of Object.entries(QUANTILES)) {
        const value = record.latency?.[name as keyof typeof QUANTILES] // a key of it
        if (value !== undefined) latency.set({ source, quantile }, value / 1000)
      }
      if (record.lastContact !== undefined) contact.set({ source }, record.lastContact / 1e6)
      circuit.set({ source }, CIRCUITS.indexOf(record.circuit))
    }
  }
}

function count(
  requests: Counter<'source' | 'outcome'>,
  source: string,
  { timesSent, timesFailed, timesLeftAlone, errors }: SourceRecord,
): void {
  requests.inc({ source, outcome: 'answered' }, timesSent - timesFailed)
  requests.inc({ source, outcome: 'left-alone' }, timesLeftAlone)
  for (const [outcome, times] of Object.entries(errors)) requests.inc({ source, outcome }, times)
}
