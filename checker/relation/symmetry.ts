/**
 * Symmetry: of states that differ only in the names of interchangeable things, one represents all.
 *
 * Names occur in texts and as names of fields. An exchange of names moves the value of a field to
 * the field with the exchanged name, and exchanges the names in it. The representative of a state
 * is the image with the least hash among all exchanges. Hashes depend on contents alone, so every
 * worker and every run chooses the same one.
 */
import { setOf } from "../../spec/kernel/data.ts"
import { hashText } from "../engine/hash.ts"
import type { Components } from "./components.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import type { Named } from "./relation.ts"
import { type Leaf, leavesOf } from "./shape.ts"

/** Each state is compared with one other per exchange. */
const maxExchanges = 5_040

/**
 * An exchange of names: the new place of each component's value, and what each value becomes there.
 */
interface Exchange {
  readonly names: ReadonlyMap<string, string>
  readonly componentOf: Int32Array
  readonly numberOf: ReadonlyArray<Array<number | undefined>>
}

export class Symmetry {
  private readonly components: Components<never>
  private readonly exchanges: ReadonlyArray<Exchange>
  /** Per component and value: the two halves of the value's hash. */
  private readonly hashes: ReadonlyArray<Array<readonly [number, number] | undefined>>
  /** Per component, whether the arrays in it are sets. */
  private readonly holdsSets: ReadonlyArray<boolean>
  private readonly scratch: Int32Array
  private readonly best: Int32Array

  constructor(
    components: Components<never>,
    sets: Named<ReadonlyArray<string>>,
    holdSets: ReadonlyArray<string>
  ) {
    this.components = components
    this.scratch = new Int32Array(components.width)
    this.best = new Int32Array(components.width)
    this.hashes = components.values.map(() => [])
    const leaves = leavesOf(components.shape)
    this.holdsSets = leaves.map(({ path }) =>
      holdSets.some((field) => path.join(".") === field || path.join(".").startsWith(`${field}.`))
    )
    this.exchanges = exchangesOf(sets).map((names) => exchangeOf(leaves, names))
  }

  get count(): number {
    return this.exchanges.length
  }

  /** Replaces a state by its representative. */
  represent(state: Int32Array): void {
    const { scratch, best, exchanges } = this
    best.set(state)
    let [best0, best1] = this.hash(state)
    for (let at = 0; at < exchanges.length; at++) {
      this.exchange(state, at, scratch)
      const [hash0, hash1] = this.hash(scratch)
      if (hash0 > best0 || (hash0 === best0 && hash1 >= best1)) continue
      best.set(scratch)
      best0 = hash0
      best1 = hash1
    }
    state.set(best)
  }

  /** The image of a state under exchange number `at`. */
  exchange(state: Int32Array, at: number, into: Int32Array): void {
    const exchange = this.exchanges[at] as Exchange
    for (let component = 0; component < state.length; component++) {
      const value = state[component] as number
      const known = (exchange.numberOf[component] as Array<number | undefined>)[value]
      into[exchange.componentOf[component] as number] =
        known ?? this.learn(exchange, component, value)
    }
  }

  private learn(
    { names, componentOf, numberOf }: Exchange,
    component: number,
    value: number
  ): number {
    const { values } = this.components
    const exchanged = renamed(
      values[component]?.value(value),
      names,
      this.holdsSets[component] as boolean
    )
    const number = values[componentOf[component] as number]?.number(exchanged, "symmetry") as number
    ;(numberOf[component] as Array<number | undefined>)[value] = number
    return number
  }

  private hash(state: Int32Array): readonly [number, number] {
    let hash0 = 0
    let hash1 = 0
    for (let component = 0; component < state.length; component++) {
      const [half0, half1] = this.hashOf(component, state[component] as number)
      hash0 ^= half0
      hash1 ^= half1
    }
    return [hash0, hash1]
  }

  private hashOf(component: number, value: number): readonly [number, number] {
    const known = this.hashes[component]?.[value]
    if (known !== undefined) return known
    const text = this.components.content(component, value)
    const hash = [hashText(text, component * 2), hashText(text, component * 2 + 1)] as const
    ;(this.hashes[component] as Array<readonly [number, number]>)[value] = hash
    return hash
  }
}

const exchangeOf = (leaves: ReadonlyArray<Leaf>, names: ReadonlyMap<string, string>): Exchange => {
  const text = (path: ReadonlyArray<string>) => JSON.stringify(path)
  const byPath = new Map(leaves.map(({ path, component }) => [text(path), component]))
  const componentOf = new Int32Array(leaves.length)
  for (const { path, component } of leaves) {
    const to = path.map((key) => names.get(key) ?? key)
    const target = byPath.get(text(to))
    if (target === undefined) {
      throw new RelationIllFormed({
        where: "symmetry",
        problem: `there is a field "${path.join(".")}", but no field "${to.join(".")}"`,
        mend: "give each of the names that can be exchanged the same fields, or leave it out of the set"
      })
    }
    componentOf[component] = target
  }
  return { names, componentOf, numberOf: leaves.map(() => []) }
}

/**
 * All exchanges except the identity: each permutation of each set, combined with each of the
 * others.
 */
const exchangesOf = (
  sets: Named<ReadonlyArray<string>>
): ReadonlyArray<ReadonlyMap<string, string>> => {
  const lists = Object.entries(sets)
  const all = lists.flatMap(([, names]) => names)
  const twice = all.find((name, at) => all.indexOf(name) < at)
  if (twice !== undefined) throw ill(`"${twice}" is named twice`, "name it once, in one set")
  const count = lists.reduce((product, [, { length }]) => product * factorial(length), 1)
  if (count > maxExchanges)
    throw ill(
      `these names have ${count.toLocaleString("en")} permutations`,
      `declare sets with at most ${maxExchanges.toLocaleString("en")} in all`
    )
  const permuted = lists.map(([, names]) =>
    permutations(names).map((order) =>
      names.map((name, at) => [name, order[at] as string] as const)
    )
  )
  const combined = permuted.reduce<ReadonlyArray<ReadonlyArray<readonly [string, string]>>>(
    (before, next) => before.flatMap((pairs) => next.map((more) => [...pairs, ...more])),
    [[]]
  )
  return combined
    .filter((pairs) => pairs.some(([from, to]) => from !== to))
    .map((pairs) => new Map(pairs))
}

const ill = (problem: string, mend: string) =>
  new RelationIllFormed({ where: "symmetry", problem, mend })

const factorial = (number: number): number => (number < 2 ? 1 : number * factorial(number - 1))

const permutations = <Item>(items: ReadonlyArray<Item>): ReadonlyArray<ReadonlyArray<Item>> =>
  items.length < 2
    ? [items]
    : items.flatMap((item, at) =>
        permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest])
      )

/** Plain data with these names exchanged, in texts and in the names of fields. */
const renamed = (data: unknown, names: ReadonlyMap<string, string>, areSets: boolean): unknown => {
  if (typeof data === "string") return names.get(data) ?? data
  if (Array.isArray(data)) {
    const items = data.map((item) => renamed(item, names, areSets))
    return areSets ? setOf(items) : items
  }
  if (typeof data !== "object" || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, field]) => [
      names.get(key) ?? key,
      renamed(field, names, areSets)
    ])
  )
}
