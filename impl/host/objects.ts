/**
 * The objects of one process, in memory: the map over which a step is taken (`Objects` in
 * `spec/kernel/keyed.ts`), changed in place.
 */
import { equals } from "../../spec/kernel/data.ts"
import { type Change, type Fields, type Objects, withChange } from "../../spec/kernel/keyed.ts"
import { SortedKeys } from "./sorted-keys.ts"

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
  /** The keys of all objects in order, once they have been asked for. */
  private sorted: SortedKeys | undefined
  /**
   * While a snapshot is read: the fields that objects had when it began and that changed since;
   * undefined for objects that were not kept then.
   */
  private before: Map<string, Fields | undefined> | undefined

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

  keysAfter(after: string | null): Iterable<string> {
    this.sorted ??= new SortedKeys(this.objects.keys())
    return this.sorted.after(after)
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

  /**
   * The entire current state, as the changes that lead to it from the beginning, in the order of
   * their keys. The objects may change while it is read: one snapshot at a time.
   */
  snapshot(): Generator<Change> {
    this.before = new Map()
    return this.snapshotOf(this.sharedFields, this.before)
  }

  private *snapshotOf(
    shared: Fields,
    before: ReadonlyMap<string, Fields | undefined>
  ): Generator<Change> {
    const { initialShared, initialOwn } = this.beginning
    const changeOf = (key: string, own: Fields): Change => ({
      ...{ key, own },
      ...droppedIn(initialOwn, own)
    })
    try {
      yield { key: "", shared, ...droppedIn(initialShared, shared) }
      let keys = this.firstAfter(null)
      while (keys.length > 0) {
        for (const key of keys) {
          const own = this.objects.get(key)
          if (own !== undefined && !before.has(key)) yield changeOf(key, own)
        }
        keys = this.firstAfter(keys.at(-1) as string)
      }
      for (const [key, own] of before) if (own !== undefined) yield changeOf(key, own)
    } finally {
      if (this.before === before) this.before = undefined
    }
  }

  /** Some keys after this one, in order. */
  private firstAfter(after: string | null): ReadonlyArray<string> {
    const keys: Array<string> = []
    for (const key of this.keysAfter(after)) if (keys.push(key) === keysAtOnce) break
    return keys
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
    if (this.before?.has(key) === false) this.before.set(key, before)
    const isLeftOut = this.isMeasured && equals(own, this.beginning.initialOwn)
    if (this.isMeasured) {
      this.bytes -= before === undefined ? 0 : sizeOf(key, before)
      this.bytes += isLeftOut ? 0 : sizeOf(key, own)
    }
    if (!isLeftOut) this.objects.set(key, own)
    else this.objects.delete(key)
    if (before === undefined && !isLeftOut) this.sorted?.add(key)
    if (before !== undefined && isLeftOut) this.sorted?.delete(key)
  }
}

/** How many keys a snapshot looks up at once. */
const keysAtOnce = 256

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
