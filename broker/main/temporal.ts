import type { Config } from '../config.ts'
import type { PageSettings } from '../http/page-settings.ts'
import type { Route } from '../http/route.ts'
import { historyRoutes } from '../http/routes/history-routes.ts'
import { lineageRoutes } from '../http/routes/lineage-routes.ts'
import { temporalMapRoutes } from '../http/routes/temporal-map-routes.ts'
import { temporalQueryRoutes } from '../http/routes/temporal-query-routes.ts'
import { temporalRoutes } from '../http/routes/temporal-routes.ts'
import { eraseHistory } from '../operations/history/erase-history.ts'
import { importHistory } from '../operations/history/import-history.ts'
import type { Exports } from '../operations/limited-exports.ts'
import { traceAttribute } from '../operations/lineage/trace-attribute.ts'
import { addTemporalAttributes } from '../operations/temporal/add-temporal-attributes.ts'
import { createTemporalEvolution } from '../operations/temporal/create-temporal-evolution.ts'
import { deleteAttributeInstance } from '../operations/temporal/delete-attribute-instance.ts'
import { deleteTemporalAttribute } from '../operations/temporal/delete-temporal-attribute.ts'
import { deleteTemporalEvolution } from '../operations/temporal/delete-temporal-evolution.ts'
import { exportEvolution, exportEvolutions } from '../operations/temporal/export-evolutions.ts'
import { groupRoom } from '../operations/temporal/group-room.ts'
import type { InstanceRules } from '../operations/temporal/judge-instances.ts'
import { modifyAttributeInstance } from '../operations/temporal/modify-attribute-instance.ts'
import {
  createTemporalEntityMap,
  queryTemporalThroughMap,
  retrieveTemporalThroughMap,
} from '../operations/temporal/use-temporal-map.ts'
import type { Parts } from './parts.ts'

/** Puts the routes of history together. */
export function assembleTemporal(
  { limits, history }: Config,
  parts: Pick<Parts, 'store' | 'clock' | 'engine' | 'federation' | 'ontology'> &
    InstanceRules & { readonly exports: Exports },
  settings: PageSettings,
): readonly Route[] {
  const reading = {
    ...parts,
    maxRows: limits.rows,
    maxInstances: limits.instances,
    maxPageBytes: limits.pageBytes,
    groups: groupRoom(),
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
    ...historyRoutes(
      {
        importHistory: importHistory({ ...parts, maxImports: limits.imports }),
        eraseHistory: eraseHistory(parts),
      },
      limits.bodyBytes,
    ),
    ...lineageRoutes({
      traceAttribute: traceAttribute({
        ...reading,
        sourceRecord: () => `${parts.ontology.vocabulary.namespace}sourceRecord`,
      }),
    }),
    ...temporalMapRoutes(createTemporalEntityMap(reading)),
    ...temporalQueryRoutes(
      {
        queryTemporalEvolution: queryTemporalThroughMap(reading),
        retrieveTemporalEvolution: retrieveTemporalThroughMap(reading),
        exportEvolutions: exportEvolutions(reading),
        exportEvolution: exportEvolution(reading),
      },
      { ...settings, rangeUnit: history.rangeUnit },
    ),
  ]
}
