/**
 * The objects of one process, in memory: the map over which a step is taken (`Objects` in
 * `spec/kernel/keyed.ts`), changed in place.
 */
import { equals } from "../../spec/kernel/data.ts"
import { type Change, type Fields, type Objects, withChange } from "../../spec/kernel/keyed.ts"

/** The initial state of a process: the fields that exist once, and those that each object has. */
interface Beginning {
  readonly initialShared: Fields
  readonly initialOwn: Fields
}

export class ObjectStore implements Objects {
  private readonly beginning: Beginning
  private sharedFields: Fields
  private readonly objects = new Map<string, Fields>()
  private readonly isMeasured: boolean
  /** The approximate memory of the objects in bytes; 0 if it is not measured. */
  bytes = 0
  /** The keys of all objects in order, except those added since. */
  private ordered: Array<string> = []
  private unordered: Array<string> = []
  /** Keys in these lists whose objects are no longer kept. */
  private readonly gone = new Set<string>()

  constructor(beginning: Beginning, isMeasured = false) {
    this.beginning = beginning
    this.isMeasured = isMeasured
    this.sharedFields = beginning.initialShared
  }

  get shared(): Fields {
    return this.sharedFields
  }

  own(key: string): Fields | undefined {
    return this.objects.get(key)
  }

  *keysAfter(after: string | null): Generator<string> {
    const keys = this.inOrder()
    for (let at = after === null ? 0 : firstAfter(keys, after); at < keys.length; at++)
      yield keys[at] as string
  }

  /** Applies the change of a step, now or when a log is read. */
  apply({ key, own, shared, dropped }: Change): void {
    const before = this.objects.get(key) ?? this.beginning.initialOwn
    const after = withChange(before, own, dropped)
    if (after !== before) this.put(key, after)
    this.sharedFields = withChange(this.sharedFields, shared, dropped)
  }

  /**
   * The approximate growth of the objects in bytes through this change. Shared fields are small and
   * not counted.
   */
  growth({ key, own, dropped }: Change): number {
    const before = this.objects.get(key)
    const after = withChange(before ?? this.beginning.initialOwn, own, dropped)
    if (after === before) return 0
    const size = equals(after, this.beginning.initialOwn) ? 0 : sizeOf(key, after)
    return size - (before === undefined ? 0 : sizeOf(key, before))
  }

  /** The entire current state, as the changes that lead to it from the beginning. */
  snapshot(): ReadonlyArray<Change> {
    const { initialShared, initialOwn } = this.beginning
    return [
      { key: "", shared: this.sharedFields, ...droppedIn(initialShared, this.sharedFields) },
      ...[...this.objects].map(([key, own]) => ({ key, own, ...droppedIn(initialOwn, own) }))
    ]
  }

  /** Whether this object is kept: it was changed, and differs from its initial state. */
  has(key: string): boolean {
    return this.objects.has(key)
  }

  /** The number of kept objects. */
  get size(): number {
    return this.objects.size
  }

  /** The keys of all kept objects, in no order. */
  keys(): Iterable<string> {
    return this.objects.keys()
  }

  /** An object in its initial state is not kept; its memory is freed. */
  private put(key: string, own: Fields): void {
    const before = this.objects.get(key)
    const isLeftOut = this.isMeasured && equals(own, this.beginning.initialOwn)
    if (this.isMeasured) {
      this.bytes -= before === undefined ? 0 : sizeOf(key, before)
      this.bytes += isLeftOut ? 0 : sizeOf(key, own)
    }
    if (isLeftOut) {
      if (this.objects.delete(key)) this.gone.add(key)
      return
    }
    if (before === undefined && !this.gone.delete(key)) this.unordered.push(key)
    this.objects.set(key, own)
  }

  private inOrder(): ReadonlyArray<string> {
    if (this.gone.size > 0) {
      const isThere = (key: string) => !this.gone.has(key)
      this.ordered = this.ordered.filter(isThere)
      this.unordered = this.unordered.filter(isThere)
      this.gone.clear()
    }
    if (this.unordered.length > 0) {
      this.ordered = merged(this.ordered, this.unordered.sort(byName))
      this.unordered = []
    }
    return this.ordered
  }
}

/**
 * The memory of an object in addition to its text: it is in a map and a list, and links and logs
 * refer to it.
 */
const objectBytes = 1000

const sizeOf = (key: string, own: Fields): number => objectBytes + key.length + memoryOf(own)

/** The approximate memory of plain data: its text, and some bytes for each container. */
const memoryOf = (data: unknown): number => {
  if (typeof data === "string") return 16 + (isWide(data) ? 2 * data.length : data.length)
  if (typeof data !== "object" || data === null) return 8
  let bytes = 16
  for (const field in data)
    bytes += 8 + memoryOf((data as Readonly<Record<string, unknown>>)[field])
  return bytes
}

/** Whether text takes two bytes a character. */
const isWide = (text: string): boolean => /[\u0100-\uffff]/.test(text)

/** The fields of the initial state that no longer exist. */
const droppedIn = (initial: Fields, now: Fields): Pick<Change, "dropped"> => {
  const dropped = Object.keys(initial).filter((field) => !(field in now))
  return dropped.length === 0 ? {} : { dropped }
}

const byName = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const merged = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): Array<string> => {
  const keys: Array<string> = []
  let at = 0
  for (const key of right) {
    while (at < left.length && (left[at] as string) < key) keys.push(left[at++] as string)
    keys.push(key)
  }
  while (at < left.length) keys.push(left[at++] as string)
  return keys
}

/** The position of the first key after this one. */
const firstAfter = (keys: ReadonlyArray<string>, key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as string) <= key) low = middle + 1
    else high = middle
  }
  return low
}
