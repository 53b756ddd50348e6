/**
 * Plain data with one canonical form.
 *
 * Everything that a process holds or sends is plain data: numbers, strings, booleans, null, arrays
 * and records. A set is a sorted array without duplicates, so equal sets are equal data. A checker
 * needs nothing more to distinguish two states, a trace to print them, or a disk to store them.
 */

/** A total order on plain data: null, then booleans, numbers, strings, arrays and records. */
export const compare = (left: unknown, right: unknown): -1 | 0 | 1 => {
  if (left === right) return 0
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : 1
  const rankLeft = rank(left)
  const rankRight = rank(right)
  if (rankLeft !== rankRight) return rankLeft < rankRight ? -1 : 1
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(left, right)
  if (rankLeft === recordRank) return compareRecords(left as PlainRecord, right as PlainRecord)
  if (rankLeft === 0) return 0
  return (left as number) < (right as number) ? -1 : 1
}

const recordRank = 5
const rank = (value: unknown): number => {
  if (value === null || value === undefined) return 0
  if (typeof value === "boolean") return 1
  if (typeof value === "number") return 2
  if (typeof value === "string") return 3
  return Array.isArray(value) ? 4 : recordRank
}

type PlainRecord = Readonly<Record<string, unknown>>

/** The names of the fields, sorted. A field that is undefined counts as absent. */
export const namesOf = (record: PlainRecord): ReadonlyArray<string> => {
  const names = Object.keys(record)
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string
    if (record[name] === undefined || (at > 0 && (names[at - 1] as string) > name))
      return names.filter((one) => record[one] !== undefined).sort()
  }
  return names
}

/** By the first field, in the order of names, in which the two differ. */
const compareRecords = (left: PlainRecord, right: PlainRecord): -1 | 0 | 1 => {
  const [names, others] = [namesOf(left), namesOf(right)]
  for (let index = 0; index < names.length && index < others.length; index++) {
    const [name, other] = [names[index] as string, others[index] as string]
    if (name !== other) return name < other ? -1 : 1
    const order = compare(left[name], right[name])
    if (order !== 0) return order
  }
  return compare(names.length, others.length)
}

const compareArrays = (left: ReadonlyArray<unknown>, right: ReadonlyArray<unknown>): -1 | 0 | 1 => {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const order = compare(left[index], right[index])
    if (order !== 0) return order
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1
}

/**
 * True when the two are the same plain data, that is, when `compare` gives 0. Faster than
 * `compare`, since it needs no order.
 */
export const equals = (left: unknown, right: unknown): boolean => {
  if (left === right) return true
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null)
    return (left ?? null) === (right ?? null)
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    for (let index = 0; index < left.length; index++)
      if (!equals(left[index], right[index])) return false
    return true
  }
  return sameFields(left as PlainRecord, right as PlainRecord)
}

const sameFields = (left: PlainRecord, right: PlainRecord): boolean => {
  let surplus = 0
  for (const field of Object.keys(left)) {
    if (left[field] === undefined) continue
    if (right[field] === undefined || !equals(left[field], right[field])) return false
    surplus += 1
  }
  for (const field of Object.keys(right)) if (right[field] !== undefined) surplus -= 1
  return surplus === 0
}

/**
 * The canonical text of plain data: the same for equal data, whatever the order in which a record's
 * fields were written. A field that is undefined counts as absent.
 */
export const canonical = (value: unknown): string => JSON.stringify(inOrder(value)) ?? "null"

/** The same data, with the fields of every record written in one order. */
const inOrder = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(inOrder)
  const record = value as PlainRecord
  const ordered: Record<string, unknown> = {}
  for (const name of namesOf(record)) {
    const field = inOrder(record[name])
    // Assigning to this name would change the prototype instead.
    if (name === "__proto__")
      Object.defineProperty(ordered, name, { value: field, enumerable: true })
    else ordered[name] = field
  }
  return ordered
}

const encoder = new TextEncoder()

/** The size of plain data as JSON, in bytes. */
export const writtenBytes = (value: unknown): number => encoder.encode(JSON.stringify(value)).length

/** True of well-formed text: without an unpaired UTF-16 surrogate, which UTF-8 cannot represent. */
export const isWellFormed = (text: string): boolean => text.isWellFormed()

/** The set of the given elements: sorted, each once. */
export const setOf = <A>(elements: Iterable<A>): ReadonlyArray<A> =>
  [...elements]
    .sort(compare)
    .filter((element, index, sorted) => index === 0 || !equals(element, sorted[index - 1]))

/** The set with one more element; the same array if it already contains it. */
export const including = <A>(set: ReadonlyArray<A>, element: A): ReadonlyArray<A> => {
  const place = placeIn(set, element)
  return place < set.length && compare(set[place], element) === 0
    ? set
    : [...set.slice(0, place), element, ...set.slice(place)]
}

/** The position of an element in the set, or where it would be inserted. */
const placeIn = <A>(set: ReadonlyArray<A>, element: A): number => {
  let [low, high] = [0, set.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(set[middle], element) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The elements of the first set that are not in the second. */
export const without = <A>(set: ReadonlyArray<A>, removed: ReadonlyArray<A>): ReadonlyArray<A> =>
  set.filter((element) => !removed.some((member) => equals(member, element)))

/** The union of two sets. */
export const union = <A>(left: ReadonlyArray<A>, right: ReadonlyArray<A>): ReadonlyArray<A> =>
  setOf([...left, ...right])

/**
 * The tag of tagged data, or of the data wrapped as a `message` or a `choice`; undefined if there
 * is none.
 */
export const tagOf = (data: unknown): string | undefined => {
  if (typeof data !== "object" || data === null) return undefined
  const { _tag, message, choice } = data as Readonly<Record<string, unknown>>
  return typeof _tag === "string" ? _tag : (tagOf(message) ?? tagOf(choice))
}
