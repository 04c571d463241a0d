import { Problem } from '../../core/model/problem.ts'

/** Commits that go to the disk at the same time, so that neither side waits for the other. */
const MOST = 2

interface UnderWay {
  readonly done: Promise<void>
  /** The last line of which all is kept then. */
  readonly line?: number
}

/** Commits in the order of lines: how far everything is kept is known at each moment. */
export class CommitsUnderWay {
  #under: UnderWay[] = []
  #line = 0

  /** Begins a commit as soon as there is room; `line`: with it everything is kept up to there. @throws Problem */
  async begin(commit: () => Promise<void>, line?: number): Promise<void> {
    while (this.#under.length >= MOST) await this.#first()
    const done = commit()
    done.catch(() => {}) // told in its turn
    this.#under.push({ done, ...(line !== undefined && { line }) })
  }

  /** Answers when all are on disk. @throws Problem that says up to which line everything is kept */
  async settle(): Promise<void> {
    while (this.#under.length > 0) await this.#first()
  }

  /** Waits for those that are under way, whatever becomes of them. */
  async abandon(): Promise<void> {
    const under = this.#under
    this.#under = []
    await Promise.allSettled(under.map(({ done }) => done))
  }

  async #first(): Promise<void> {
    const [first] = this.#under
    try {
      await first?.done
    } catch (error) {
      throw error instanceof Problem ? this.#stopped(error) : error
    }
    this.#under.shift()
    this.#line = first?.line ?? this.#line
  }

  #stopped({ code, message, members, headers, cause }: Problem): Problem {
    const text = `${message}; everything up to line ${this.#line} is kept`
    return new Problem(code, text, { cause, headers, members: { ...members, keptUpToLine: this.#line } })
  }
}
