/**
 * Records which function of the author's is being called right now. A function that never returns
 * blocks its thread permanently; a watcher on another thread learns from this record which function
 * it is.
 */

/** The size of the notes of a thread. */
const words = 2
const headerBytes = words * Int32Array.BYTES_PER_ELEMENT
const textBytes = 1 << 13
export const bytesOfNotes = headerBytes + textBytes

/** Memory that threads share, and which part belongs to which thread. */
export interface Notebook {
  readonly memory: SharedArrayBuffer
  readonly thread: number
}

/**
 * The notes of a thread: the position of the current question's text plus one, or 0; and the number
 * of questions.
 */
const wordsOf = ({ memory, thread }: Notebook): Int32Array =>
  new Int32Array(memory, thread * bytesOfNotes, words)
const textOf = ({ memory, thread }: Notebook): Uint8Array =>
  new Uint8Array(memory, thread * bytesOfNotes + headerBytes, textBytes)

let model = ""
let where: string | undefined
let about: unknown
let notes: Notes | undefined

/**
 * Notes the current question, for other threads to see. A text is written once: later notes refer
 * to its position.
 */
class Notes {
  private readonly words: Int32Array
  private readonly text: Uint8Array
  private readonly places = new Map<string, number>()
  private used = 0

  constructor(notebook: Notebook) {
    this.words = wordsOf(notebook)
    this.text = textOf(notebook)
  }

  note(asked: string | undefined): void {
    const place = asked === undefined ? 0 : (this.places.get(asked) ?? this.write(asked))
    this.words[1] = ((this.words[1] as number) + 1) | 0
    Atomics.store(this.words, 0, place)
  }

  forget(): void {
    this.places.clear()
  }

  private write(asked: string): number {
    const bytes = new TextEncoder().encode(`${model}${asked}`).subarray(0, textBytes - 1)
    if (this.used + bytes.length >= textBytes) {
      this.places.clear()
      this.used = 0
    }
    const place = this.used + 1
    this.text.set(bytes, this.used)
    this.used += bytes.length
    this.text[this.used++] = 0
    this.places.set(asked, place)
    return place
  }
}

/** From now on this thread notes its questions, or none if no thread watches it. */
export const noteIn = (notebook: Notebook | undefined): void => {
  notes = notebook && new Notes(notebook)
}

/** From now on questions are about the functions of this model. */
export const askOf = (name: string): void => {
  model = `${name}: `
  notes?.forget()
}

/** Calls a function of the author's with a state. */
export const asking = <State, Answer>(
  part: string,
  ask: (state: State) => Answer,
  state: State
): Answer => {
  const [outer, before] = [where, about]
  where = part
  about = state
  notes?.note(part)
  try {
    return ask(state)
  } finally {
    where = outer
    about = before
    notes?.note(outer)
  }
}

/** The state that a function on this thread is currently called with. */
export const askedAbout = (): unknown => about

/** A thread's current question, and how many questions have begun or ended there so far. */
export const askedBy = (
  notebook: Notebook
): { readonly asked: string | undefined; readonly count: number } => {
  const [, count = 0] = wordsOf(notebook)
  const place = Atomics.load(wordsOf(notebook), 0)
  if (place === 0) return { asked: undefined, count }
  const text = textOf(notebook).slice(place - 1)
  const end = text.indexOf(0)
  return { asked: new TextDecoder().decode(text.subarray(0, end < 0 ? undefined : end)), count }
}
