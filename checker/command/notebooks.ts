/**
 * Where the threads of a check note which of the author's functions they are asking: each has a
 * page in memory that the thread which watches them sees, too.
 */
import { bytesOfNotes, type Notebook, noteIn } from "../relation/asking.ts"

export type { Notebook } from "../relation/asking.ts"

/** A page for the thread that conducts a check, and for each of those that it starts. */
export const newMemory = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(bytesOfNotes * (threads + 1))

let own: Notebook | undefined

/** What this thread was given, if it was given some. */
export const takeNotebook = (data: unknown): void => {
  if (typeof data !== "object" || data === null || !("notebook" in data)) return
  own = data.notebook as Notebook | undefined
  if (own !== undefined) noteIn(own)
}

/** The page of a thread that this one starts, counted from 0; undefined if nobody watches. */
export const notebookOf = (index: number): Notebook | undefined =>
  own && { memory: own.memory, thread: index + 1 }
