/**
 * A function that makes plain states of vectors of numbers.
 *
 * States of models that look at everything are made once for each visited state, and a function
 * whose text has the names of the fields in it makes them several times faster than a loop over the
 * names does. Where programs must not make functions of texts (a browser's content security
 * policy), the loop does.
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

/** The same by a loop, for few states. */
export const slowDecoderOf = (shape: Shape, values: ReadonlyArray<Values>): Decoder => {
  const all = values.map((one) => one.all)
  return (state) => plain(shape, all, state) as object
}

/**
 * The text of an expression that makes the value of a field. A name in brackets is a field,
 * whatever it is.
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
