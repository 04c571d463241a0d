/** Which rows are asked for, in the order of their ids. */
interface Asked {
  readonly after?: string
  readonly limit: number
}

/** Opens a page of rows, and reads on in place of those that are passed over: a page that is not full is the last one. */
export async function filledPage<Wanted extends Asked, Row extends { readonly id: string }>(
  page: Wanted,
  read: (page: Wanted) => Promise<readonly Row[]>,
  open: (rows: readonly Row[]) => readonly Row[],
): Promise<readonly Row[]> {
  let rows = await read(page)
  let opened = open(rows)
  let { limit } = page
  for (
    let last = rows.at(-1);
    last && rows.length === limit && opened.length < page.limit;
    last = rows.at(-1)
  ) {
    limit = page.limit - opened.length
    rows = await read({ ...page, limit, after: last.id })
    opened = [...opened, ...open(rows)]
  }
  return opened
}
