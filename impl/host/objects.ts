/**
 * The objects of one process, in memory: the map over which a step is taken (`Objects` in
 * `spec/kernel/keyed.ts`), changed in place.
 */
import { equals } from "../../spec/kernel/data.ts"
import { type Change, type Fields, type Objects, withChange } from "../../spec/kernel/keyed.ts"
import type { Packing } from "./packing.ts"
import { SortedKeys } from "./sorted-keys.ts"

/** The initial state of a process: the fields that exist once, and those that each object has. */
interface Beginning {
  readonly initialShared: Fields
  readonly initialOwn: Fields
}

/** The fields of an object, packed or not. */
type Held = Fields | string

export class ObjectStore implements Objects {
  private readonly beginning: Beginning
  private sharedFields: Fields
  /** What a log remembered stays packed until a step changes it. */
  private readonly objects = new Map<string, Held>()
  private readonly isMeasured: boolean
  private readonly packing: Packing | undefined
  /** What was unpacked last: the same object is often read several times in a row. */
  private last: { readonly packed: string; readonly own: Fields } | undefined
  /** The approximate memory of the objects in bytes; 0 if it is not measured. */
  bytes = 0
  /** The keys of all objects in order, once they have been asked for. */
  private sorted: SortedKeys | undefined
  /**
   * While a snapshot is read: the fields that objects had when it began and that changed since;
   * undefined for objects that were not kept then.
   */
  private before: Map<string, Held | undefined> | undefined

  constructor(beginning: Beginning, isMeasured = false, packing?: Packing) {
    this.beginning = beginning
    this.isMeasured = isMeasured
    this.packing = packing
    this.sharedFields = beginning.initialShared
  }

  get shared(): Fields {
    return this.sharedFields
  }

  own(key: string): Fields | undefined {
    const held = this.objects.get(key)
    return held === undefined ? undefined : this.fieldsOf(held)
  }

  private fieldsOf(held: Held): Fields {
    if (typeof held !== "string") return held
    if (this.last?.packed !== held)
      this.last = { packed: held, own: (this.packing as Packing).unpack(held) }
    return this.last.own
  }

  keysAfter(after: string | null): Iterable<string> {
    this.sorted ??= new SortedKeys(this.objects.keys())
    return this.sorted.after(after)
  }

  /** Applies the change of a step. */
  apply(change: Change): void {
    this.change(change, false)
  }

  /** Applies a change that a log remembers. Returns the fields of its object. */
  restore(change: Change): Fields {
    return this.change(change, true)
  }

  private change({ key, own, shared, dropped }: Change, isPacked: boolean): Fields {
    const known = this.objects.get(key)
    const before = known === undefined ? this.beginning.initialOwn : this.fieldsOf(known)
    const after = withChange(before, own, dropped)
    if (after !== before) this.put(key, known, before, after, isPacked)
    this.sharedFields = withChange(this.sharedFields, shared, dropped)
    return after
  }

  /**
   * The approximate growth of the objects in bytes through this change. Shared fields are small and
   * not counted.
   */
  growth({ key, own, dropped }: Change): number {
    const held = this.objects.get(key)
    const before = held === undefined ? this.beginning.initialOwn : this.fieldsOf(held)
    const after = withChange(before, own, dropped)
    if (after === before) return 0
    const size = this.isInitial(after) ? 0 : sizeOf(key, after)
    return size - (held === undefined ? 0 : sizeOf(key, before))
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
    before: ReadonlyMap<string, Held | undefined>
  ): Generator<Change> {
    const { initialShared, initialOwn } = this.beginning
    const changeOf = (key: string, held: Held): Change => {
      const own = this.fieldsOf(held)
      return { key, own, ...droppedIn(initialOwn, own) }
    }
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
  private put(
    key: string,
    known: Held | undefined,
    before: Fields,
    own: Fields,
    isPacked: boolean
  ): void {
    if (this.before?.has(key) === false) this.before.set(key, known)
    const isLeftOut = this.isMeasured && this.isInitial(own)
    if (this.isMeasured) {
      this.bytes -= known === undefined ? 0 : sizeOf(key, before)
      this.bytes += isLeftOut ? 0 : sizeOf(key, own)
    }
    if (!isLeftOut) this.objects.set(key, (isPacked ? this.packing?.pack(own) : undefined) ?? own)
    else this.objects.delete(key)
    if (known === undefined && !isLeftOut) this.sorted?.add(key)
    if (known !== undefined && isLeftOut) this.sorted?.delete(key)
  }

  private isInitial(own: Fields): boolean {
    return equals(own, this.beginning.initialOwn)
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
