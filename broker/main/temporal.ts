import type { Config } from '../config.ts'
import type { Route } from '../http/route.ts'
import type { PageSettings } from '../http/routes/entity-routes.ts'
import { temporalQueryRoutes } from '../http/routes/temporal-query-routes.ts'
import { temporalRoutes } from '../http/routes/temporal-routes.ts'
import { addTemporalAttributes } from '../operations/temporal/add-temporal-attributes.ts'
import { createTemporalEvolution } from '../operations/temporal/create-temporal-evolution.ts'
import { deleteAttributeInstance } from '../operations/temporal/delete-attribute-instance.ts'
import { deleteTemporalAttribute } from '../operations/temporal/delete-temporal-attribute.ts'
import { deleteTemporalEvolution } from '../operations/temporal/delete-temporal-evolution.ts'
import { modifyAttributeInstance } from '../operations/temporal/modify-attribute-instance.ts'
import { queryTemporalEvolution } from '../operations/temporal/query-temporal-evolution.ts'
import { retrieveTemporalEvolution } from '../operations/temporal/retrieve-temporal-evolution.ts'
import type { Parts } from './routes.ts'

/** Puts the routes of history together. */
export function assembleTemporal(
  { limits, history }: Config,
  parts: Pick<Parts, 'store' | 'clock' | 'engine'>,
  settings: PageSettings,
): readonly Route[] {
  const reading = {
    ...parts,
    maxRows: limits.rows,
    maxInstances: limits.instances,
    maxPageBytes: limits.pageBytes,
  }
  return [
    ...temporalRoutes({
      createTemporalEvolution: createTemporalEvolution(parts),
      addTemporalAttributes: addTemporalAttributes(parts),
      deleteTemporalAttribute: deleteTemporalAttribute(parts),
      modifyAttributeInstance: modifyAttributeInstance(parts),
      deleteAttributeInstance: deleteAttributeInstance(parts),
      deleteTemporalEvolution: deleteTemporalEvolution(parts),
    }),
    ...temporalQueryRoutes(
      {
        queryTemporalEvolution: queryTemporalEvolution(reading),
        retrieveTemporalEvolution: retrieveTemporalEvolution(reading),
      },
      { ...settings, rangeUnit: history.rangeUnit },
    ),
  ]
}
