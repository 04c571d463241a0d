/**
 * What is asked of hubs on MongoDB after a change: each kind of request and each method of the store at least once, by
 * files of the http suite, with why each is here. All of the suite takes many minutes on a server that has no indexes.
 */
export const PART: Readonly<Record<string, string>> = {
  '4.22-transient-storage': 'what expires: expired',
  '5.5.9-pagination': 'query, page by page',
  '5.5.10-tenants': 'tenants, createTenant',
  '5.6.1-create-entity': 'commit and read of an entity, conflicts',
  '5.6.13-delete-temporal-attribute': 'erasures of history, finishErasing',
  '5.6.14-modify-attribute-instance': 'changes of history',
  '5.6.8-batch-entity-upsert': 'commits of many units; readMany',
  '5.7.4-query-temporal-evolution': 'evolutions, instances, aggregates, condensed',
  '5.7.5-discovery': 'counters',
  '5.11-registration-subscriptions': 'watch, logEnd, log; subscriptions whose log is read late',
  '5.13-contexts': 'document and documents; a hub that starts again',
  '5.16-snapshots': 'hidden tenants: createHidden, hiddenTenants, dropHidden',
  'history-retention': 'retention, and what is skipped',
  'hub-changes': 'followers of the log',
  'hub-quotas': 'quotas',
  'hub-store': 'size',
  'remembered-evolutions': 'generation, version, historyGeneration',
  'sealed-store': 'texts, rewrite',
}
