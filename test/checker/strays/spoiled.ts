/**
 * Data with one thing in it that is not as it was: what Schemas say of it.
 */

const wholes = [-1, 0, 1, 2 ** 52, 2 ** 53] as const

/** Every value that differs from this one in one place, as far as something of its type may. */
export const spoiled = (value: unknown): ReadonlyArray<unknown> => {
  if (typeof value === "number") return [...wholes, value + 1, value + 0.5]
  if (typeof value === "string") return ["", `${value}'`, 7]
  if (typeof value === "boolean") return [!value]
  if (value === null || value === undefined) return [0, "", []]
  if (Array.isArray(value)) {
    const first = value.length === 0 ? [] : [value[0]]
    return [
      ...[[], [...value].reverse(), [...value, ...first], value.slice(1)],
      ...value.flatMap((element, at) => spoiled(element).map((other) => value.with(at, other)))
    ]
  }
  return Object.entries(value).flatMap(([field, content]) => {
    const { [field as keyof typeof value]: _, ...others } = value
    return [others, ...spoiled(content).map((other) => ({ ...value, [field]: other }))]
  })
}
