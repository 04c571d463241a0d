import type { Config } from '../config.ts'
import type { PageSettings } from '../http/page-settings.ts'
import type { Route } from '../http/route.ts'
import { attributeRoutes } from '../http/routes/attribute-routes.ts'
import { batchRoutes } from '../http/routes/batch-routes.ts'
import { discoveryRoutes } from '../http/routes/discovery-routes.ts'
import { entityMapRoutes } from '../http/routes/entity-map-routes.ts'
import { entityQueryRoutes } from '../http/routes/entity-query-routes.ts'
import { entityRoutes } from '../http/routes/entity-routes.ts'
import { purgeRoutes } from '../http/routes/purge-routes.ts'
import { valueRoutes } from '../http/routes/value-routes.ts'
import { viewRoutes } from '../http/routes/view-routes.ts'
import { appendAttributes } from '../operations/attributes/append-attributes.ts'
import { deleteAttribute } from '../operations/attributes/delete-attribute.ts'
import { partialUpdateAttribute } from '../operations/attributes/partial-update-attribute.ts'
import { replaceAttribute } from '../operations/attributes/replace-attribute.ts'
import { setAttributeValue } from '../operations/attributes/set-attribute-value.ts'
import { updateAttributes } from '../operations/attributes/update-attributes.ts'
import { distributeBatch } from '../operations/batch/distribute-batch.ts'
import type { WriteDependencies } from '../operations/command.ts'
import { retrieveAttributeDetails } from '../operations/discovery/retrieve-attribute-details.ts'
import { retrieveAttributeInformation } from '../operations/discovery/retrieve-attribute-information.ts'
import { retrieveAttributes } from '../operations/discovery/retrieve-attributes.ts'
import { retrieveEntityTypeDetails } from '../operations/discovery/retrieve-entity-type-details.ts'
import { retrieveEntityTypeInformation } from '../operations/discovery/retrieve-entity-type-information.ts'
import { retrieveEntityTypes } from '../operations/discovery/retrieve-entity-types.ts'
import { distributePurge } from '../operations/distributed/distribute-purge.ts'
import { createEntity } from '../operations/entities/create-entity.ts'
import { deleteEntity } from '../operations/entities/delete-entity.ts'
import { exportEntities } from '../operations/entities/export-entities.ts'
import { mergeEntity } from '../operations/entities/merge-entity.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import { replaceEntity } from '../operations/entities/replace-entity.ts'
import { deleteEntityMap, updateEntityMap } from '../operations/entity-maps/change-entity-map.ts'
import { createEntityMap } from '../operations/entity-maps/create-entity-map.ts'
import { retrieveEntityMap } from '../operations/entity-maps/retrieve-entity-map.ts'
import { narrowToMap, queryThroughMap, retrieveThroughMap } from '../operations/entity-maps/use-entity-map.ts'
import type { Exports } from '../operations/limited-exports.ts'
import { may } from '../operations/may.ts'
import { findNamedUnit } from '../operations/units/find-named-unit.ts'
import { viewEntityByRole } from '../operations/views/view-entity-by-role.ts'
import type { Parts } from './parts.ts'

/** What the routes of entities are made of besides the parts of all operations. */
export interface EntityMeans {
  readonly write: WriteDependencies
  readonly read: ReadDependencies
  readonly exports: Exports
}

/** Puts the routes of entities, their attributes and types together. */
export function assembleEntities(
  { limits }: Pick<Config, 'limits'>,
  { write, read, exports, ...parts }: Parts & EntityMeans,
  settings: PageSettings,
): readonly Route[] {
  const { store } = parts
  const shared = { ...write, distribution: parts.distribution }
  const entities = {
    createEntity: createEntity(shared),
    retrieveEntity: retrieveThroughMap(read),
    queryEntities: queryThroughMap(read),
    exportEntities: exportEntities({ ...read, exports }),
    mergeEntity: mergeEntity(shared),
    replaceEntity: replaceEntity(shared),
    deleteEntity: deleteEntity(shared),
    findNamedUnit: findNamedUnit(parts.places),
  }
  const attributes = {
    appendAttributes: appendAttributes(shared),
    updateAttributes: updateAttributes(shared),
    partialUpdateAttribute: partialUpdateAttribute(shared),
    replaceAttribute: replaceAttribute(shared),
    deleteAttribute: deleteAttribute(shared),
  }
  return [
    ...entityRoutes(entities),
    ...entityQueryRoutes(entities, settings),
    ...purgeRoutes({
      purgeEntities: distributePurge({ ...parts, ...write, maxRows: limits.rows }),
      narrowToMap: narrowToMap(read),
    }),
    ...entityMapRoutes({
      createEntityMap: createEntityMap(read),
      retrieveEntityMap: retrieveEntityMap(read),
      updateEntityMap: updateEntityMap(read),
      deleteEntityMap: deleteEntityMap(read),
    }),
    ...attributeRoutes(attributes),
    ...valueRoutes({ ...entities, setAttributeValue: setAttributeValue(write) }),
    ...batchRoutes(
      async ({ createsTenant, ...command }, batch) => {
        const { caller, tenant } = command
        if (createsTenant && may(caller, 'create', tenant, { resource: 'entity' }))
          await store.createTenant(tenant)
        return distributeBatch(shared, command, batch)
      },
      { maxItems: limits.batchItems, maxBytes: limits.batchBytes },
    ),
    ...discoveryRoutes({
      retrieveEntityTypes: retrieveEntityTypes(parts),
      retrieveEntityTypeDetails: retrieveEntityTypeDetails(parts),
      retrieveEntityTypeInformation: retrieveEntityTypeInformation(parts),
      retrieveAttributes: retrieveAttributes(parts),
      retrieveAttributeDetails: retrieveAttributeDetails(parts),
      retrieveAttributeInformation: retrieveAttributeInformation(parts),
    }),
    ...viewRoutes(viewEntityByRole(parts)),
  ]
}
