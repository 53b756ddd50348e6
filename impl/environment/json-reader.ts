/**
 * A reader of JSON that people write: it says where a mistake is, and refuses a field that is given
 * twice. The checker has one, for scenarios; the command passes it to what reads files here.
 */
import type * as Result from "effect/Result"

/** Why a text is refused. The mend is undefined if the text should be of another form. */
export interface JsonMistake {
  readonly place: string
  readonly problem: string
  readonly mend: string | undefined
}

export type JsonReader = (text: string) => Result.Result<unknown, JsonMistake>
