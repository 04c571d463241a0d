/** A day of the calendar. */
export const DATE = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$'

/** An instant in UTC, as JSON Schema, SHACL and hubs read it. */
export const DATE_TIME =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d([.,]\\d{1,6})?Z$'

/** An absolute IRI. */
export const IRI = '^[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>"{}|\\\\^`]+$'

/** A language, or what has none. */
export const LANGUAGE_TAG = '^(@none|[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)$'
