/** Answers a name of a field or value without marks, case and separators: `Số tờ`, `SO_TO` and `soTo` are one. */
export function fieldKey(name: string): string {
  return name
    .normalize('NFD')
    .replace(/đ/gi, 'd')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}
