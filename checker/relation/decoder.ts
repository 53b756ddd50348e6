/**
 * A function that turns vectors of numbers into plain states.
 *
 * For models whose functions look at everything, the engine builds a plain state for each visited
 * state. A generated function whose text contains the field names does so several times faster than
 * a loop over the names. Where programs must not generate functions from text (a browser's content
 * security policy), the loop does the work.
 */
import type { Shape } from "./shape.ts"
import type { Values } from "./values.ts"

export type Decoder = (state: Int32Array) => object

export const decoderOf = (shape: Shape, values: ReadonlyArray<Values>): Decoder => {
  const all = values.map((one) => one.all)
  try {
    const made: unknown = new Function("all", `return (state) => ${textOf(shape)}`)(all)
    return made as Decoder
  } catch {
    return slowDecoderOf(shape, values)
  }
}

/** The same with a loop, for few states. */
export const slowDecoderOf = (shape: Shape, values: ReadonlyArray<Values>): Decoder => {
  const all = values.map((one) => one.all)
  return (state) => plain(shape, all, state) as object
}

/**
 * The text of an expression that builds the value of a field. A name in brackets is a field,
 * whatever the name.
 */
const textOf = (shape: Shape): string => {
  if ("component" in shape) return `all[${shape.component}][state[${shape.component}]]`
  const fields = [...shape.fields].map(
    ([key, field]) => `[${JSON.stringify(key)}]: ${textOf(field)}`
  )
  return `Object.freeze({ ${fields.join(", ")} })`
}

const plain = (
  shape: Shape,
  all: ReadonlyArray<ReadonlyArray<unknown>>,
  state: Int32Array
): unknown => {
  if ("component" in shape) return all[shape.component]?.[state[shape.component] as number]
  return Object.freeze(
    Object.fromEntries([...shape.fields].map(([key, field]) => [key, plain(field, all, state)]))
  )
}
