import { ENTITY_MAP_PARAMETERS } from './entity-map-request.ts'
import { FILTER_PARAMETERS, PAGE_PARAMETERS, RENDER_PARAMETERS } from './entity-parameters.ts'
import { JOIN_PARAMETERS } from './join-parameters.ts'
import { ORDER_PARAMETERS } from './order-parameters.ts'

/** Parameters of queries of entities (CIM 009 v1.9.1, 6.4.3.2). */
export const QUERY_PARAMETERS: readonly string[] = [
  ...FILTER_PARAMETERS,
  ...RENDER_PARAMETERS,
  ...JOIN_PARAMETERS,
  ...ORDER_PARAMETERS,
  ...PAGE_PARAMETERS,
  ...ENTITY_MAP_PARAMETERS,
  'splitEntities',
  'local',
]
