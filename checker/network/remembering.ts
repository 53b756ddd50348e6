/**
 * What an adversary's derivation remembers during a search (`spec/kernel/keeping.ts`).
 *
 * Of equal values it keeps one object (`hash-consing.ts`), and it knows the earlier results for
 * each. It builds the values of a type again only if a shelf that the last build read holds
 * something new. It records which shelves a build reads as they are read.
 *
 * No result depends on what it remembers: `keepsNothing` derives the same, and takes longer.
 */
import type * as SchemaAST from "effect/SchemaAST"
import { compare } from "../../spec/kernel/data.ts"
import type { Keeping, Shelves } from "../../spec/kernel/keeping.ts"
import type { Knowledge, Known } from "../../spec/kernel/knowledge.ts"
import { accepts } from "../../spec/kernel/schema-shape.ts"
import { HashConsing } from "./hash-consing.ts"

type Values = ReadonlyArray<unknown>

/** The values of a type built for a field, by the numbers of the shelves that the build read. */
interface Built {
  places: ReadonlyArray<string>
  readonly byShelves: Map<string, Values>
}

/** The shelves of one state of knowledge. Equal shelves have equal numbers. */
interface Numbered extends Shelves {
  numberAt(place: string): number
}

export class Remembering implements Keeping {
  private readonly data = new HashConsing()
  private readonly heardOf = new Map<SchemaAST.AST, Map<string, Map<unknown, Knowledge>>>()
  private readonly types = new Map<SchemaAST.AST, Map<unknown, boolean>>()
  private readonly extensions = new Map<string, Map<object, Map<unknown, object>>>()
  private readonly results = new Map<SchemaAST.AST, Map<string, Built>>()
  /** The places read since the current innermost build began. */
  private looking: Set<string> | undefined

  /** The amount of remembered data. */
  get size(): number {
    return this.data.size
  }

  /** The one object that represents all values equal to this one. */
  kept<A>(value: A): A {
    return this.data.kept(value)
  }

  /** The number of the one object that represents this value. */
  numberOf(value: object): number {
    return this.data.numberOf(value)
  }

  heard(
    type: SchemaAST.AST,
    field: string,
    value: unknown,
    listen: (value: unknown) => Knowledge
  ): Knowledge {
    const ofType = found(this.heardOf, type, () => new Map<string, Map<unknown, Knowledge>>())
    const inField = found(ofType, field, () => new Map<unknown, Knowledge>())
    const whole = this.kept(value)
    return found(inField, whole, () => this.joined([], listen(whole)))
  }

  joined(knowledge: Knowledge, heard: Knowledge): Knowledge {
    const before = this.kept(knowledge)
    let after: Array<Known> | undefined
    for (const part of heard) {
      const one = this.kept(part)
      const place = placeIn(after ?? before, one)
      if ((after ?? before)[place] === one) continue
      after ??= [...before]
      after.splice(place, 0, one)
    }
    return after === undefined ? before : this.kept<Knowledge>(after)
  }

  shelves(knowledge: Knowledge): Shelves {
    return this.numbered(this.kept(knowledge))
  }

  built(shelves: Shelves, type: SchemaAST.AST, field: string, build: () => Values): Values {
    const ofType = found(this.results, type, () => new Map<string, Built>())
    const result = found<string, Built>(ofType, field, () => ({ places: [], byShelves: new Map() }))
    const known = result.byShelves.get(this.numbersAt(shelves, result.places))
    if (known !== undefined) {
      this.look(result.places)
      return known
    }
    const [made, places] = this.lookedAt(build)
    this.look(places)
    if (places.some((place) => !result.places.includes(place))) {
      // Results have one number for each of these places: no later query uses fewer.
      result.places = [...new Set([...result.places, ...places])]
      result.byShelves.clear()
    }
    result.byShelves.set(this.numbersAt(shelves, result.places), made)
    return made
  }

  extended(record: object, name: string, value: unknown): object {
    const byRecord = found(this.extensions, name, () => new Map<object, Map<unknown, object>>())
    const before = this.kept(record)
    const byValue = found(byRecord, before, () => new Map<unknown, object>())
    const part = this.kept(value)
    return found(byValue, part, () => this.kept({ ...before, [name]: part }))
  }

  distinct(values: Values): Values {
    return [...new Set(values.map((value) => this.kept(value)))]
  }

  ofType(type: SchemaAST.AST, values: Values): Values {
    const known = found(this.types, type, () => new Map<unknown, boolean>())
    const isOfType = accepts(type)
    return values.filter((value) => {
      const one = this.kept(value)
      return found(known, one, () => isOfType(one))
    })
  }

  private look(places: ReadonlyArray<string>): void {
    for (const place of places) this.looking?.add(place)
  }

  /** The built values, and the places that the build read. */
  private lookedAt(build: () => Values): readonly [Values, ReadonlyArray<string>] {
    const outer = this.looking
    const looking = new Set<string>()
    this.looking = looking
    try {
      return [build(), [...looking]]
    } finally {
      this.looking = outer
    }
  }

  private numbersAt(shelves: Shelves, places: ReadonlyArray<string>): string {
    let numbers = ""
    for (const place of places) numbers += `${(shelves as Numbered).numberAt(place)} `
    return numbers
  }

  private numbered(knowledge: Knowledge): Numbered {
    const shelves = new Map<string, Array<unknown>>()
    for (const { at, value } of knowledge) {
      const shelf = shelves.get(at)
      if (shelf === undefined) shelves.set(at, [value])
      else shelf.push(value)
    }
    const numbers = new Map([...shelves].map(([at, shelf]) => [at, this.numberOf(shelf)]))
    const empty = this.numberOf([])
    return {
      at: (place) => {
        this.looking?.add(place)
        return shelves.get(place) ?? []
      },
      numberAt: (place) => numbers.get(place) ?? empty
    }
  }
}

/** The value under this key, or a new one put there. */
const found = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** The order of `compare`, field by field. */
const inOrder = (left: Known, right: Known): number =>
  left === right ? 0 : compare(left.at, right.at) || compare(left.value, right.value)

/** The position of this value in the set, or where it would be inserted. */
const placeIn = (set: Knowledge, one: Known): number => {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (inOrder(set[middle] as Known, one) < 0) low = middle + 1
    else high = middle
  }
  return low
}
