/** Where a store says what an operator should know; a pino logger fits. */
export interface StoreLog {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

/** For stores that nobody watches. */
export const SILENT: StoreLog = { info() {}, warn() {}, error() {} }
