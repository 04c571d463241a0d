/** Answers what some work comes to. @throws Error when the time passes before it is done, milliseconds */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Deadline passed')), milliseconds)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
