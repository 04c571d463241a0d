import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { addList, addNumber, addText, type QueryBody, queryBody } from './query-body.ts'
import { saysFormat } from './temporal-parameters.ts'

const TEXTS = ['timerel', 'timeAt', 'endTimeAt', 'timeproperty'] as const

/**
 * Reads a Query about evolutions (CIM 009 v1.9.1, 5.2.21, 5.2.23, 5.2.44). A body has no format: where it names methods of
 * aggregation and the URL says nothing else, aggregated values are meant. @throws Problem BadRequestData
 */
export function temporalQueryBody(
  body: JsonValue | undefined,
  url: URLSearchParams,
  table: TermTable,
): QueryBody {
  if (!isJsonObject(body)) throw badRequestData('Body is no Query object')
  const { temporalQ, aggrParams, ...others } = body
  if (others.join !== undefined || others.joinLevel !== undefined || others.containedBy !== undefined)
    throw badRequestData('Query looks into linked entities, which temporal queries do not')
  const parameters = new URLSearchParams(url)
  addTemporal(parameters, temporalQ)
  addAggregation(parameters, 'aggrParams', aggrParams)
  if (parameters.has('aggrMethods') && !saysFormat(parameters)) parameters.set('format', 'aggregatedValues')
  return queryBody(others, parameters, table)
}

function addTemporal(parameters: URLSearchParams, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (!isJsonObject(value)) throw badRequestData('Member temporalQ of the Query is no object')
  const { lastN, aggrMethods, aggrPeriodDuration, ...texts } = value
  refuseUnknown('temporalQ', texts, TEXTS)
  for (const name of TEXTS) addText(parameters, name, texts[name])
  addNumber(parameters, 'lastN', lastN)
  addAggregation(parameters, 'temporalQ', {
    ...(aggrMethods !== undefined && { aggrMethods }),
    ...(aggrPeriodDuration !== undefined && { aggrPeriodDuration }),
  })
}

function addAggregation(parameters: URLSearchParams, member: string, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (!isJsonObject(value)) throw badRequestData(`Member ${member} of the Query is no object`)
  const { aggrMethods, aggrPeriodDuration, ...others } = value
  refuseUnknown(member, others, [])
  addList(parameters, 'aggrMethods', aggrMethods)
  addText(parameters, 'aggrPeriodDuration', aggrPeriodDuration)
}

function refuseUnknown(member: string, value: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw badRequestData(`Member ${member} of the Query has a member ${unknown} that is not known here`)
}
