/**
 * Where the threads of a check note which of the author's functions they are calling: each thread
 * has a page of memory that the watching thread also sees.
 */
import { bytesOfNotes, type Notebook, noteIn } from "../relation/asking.ts"

export type { Notebook } from "../relation/asking.ts"

/** A page for the thread that conducts a check, and one for each thread that it starts. */
export const newMemory = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(bytesOfNotes * (threads + 1))

let own: Notebook | undefined

/** The pages that this thread received, if any. */
export const takeNotebook = (data: unknown): void => {
  if (typeof data !== "object" || data === null || !("notebook" in data)) return
  own = data.notebook as Notebook | undefined
  noteIn(own)
}

/** The page of a thread that this one starts, counted from 0; undefined if no thread watches. */
export const notebookOf = (index: number): Notebook | undefined =>
  own && { memory: own.memory, thread: index + 1 }
