/**
 * Remembers the results of a function of a state, by the components that the function read.
 *
 * Suppose a function reads component 3 and then, because of the value it found there, component 5.
 * The memo calls it again only if component 3 has a new value, or if component 5 has a new value
 * for an old value of component 3. The memo records each read as the function runs, so no caller
 * declares dependencies. The function must depend on nothing else.
 *
 * The reads form a tree: a node is a component, and the value found there leads to the next node.
 * All nodes are in one typed array, since a search follows them several million times a second.
 * Each is three words and then a cell for each value up to its capacity: 0 for a value that has not
 * occurred, the place of a node, or the complement of a result's number. A node whose values are
 * far apart keeps its cells in a map instead.
 */
import { withRoom } from "./integers.ts"

/**
 * A node's words: the component, the cells or the complement of its map's number, and their count.
 */
const capacityAt = 1
const countAt = 2
const header = 3
const minCapacity = 4
/** A node keeps cells for values up to this, or up to this many times their count. */
const alwaysDense = 64
const maxSpread = 8
const unknown = 0

/**
 * A memoised function read its state in another order than before, although it found the same
 * values.
 */
export class ReadInTwoOrders extends Error {
  override readonly name = "ReadInTwoOrders"
}

/** Reads a component's number, and records the read. */
export type Read = (component: number) => number

export class DependencyMemo<Result> {
  /** The number of times that the function itself was called. */
  calls = 0
  /** The nodes; the first word leads to the root. */
  private cells = new Int32Array(64)
  private used = 1
  private readonly sparse: Array<Map<number, number>> = []
  private readonly results: Array<Result> = []

  private readonly compute: (read: Read) => Result

  constructor(compute: (read: Read) => Result) {
    this.compute = compute
  }

  get(state: Int32Array): Result {
    const { cells } = this
    let at = cells[0] as number
    while (at > unknown) {
      const value = state[cells[at] as number] as number
      const capacity = cells[at + capacityAt] as number
      if (value >>> 0 < capacity) at = cells[at + header + value] as number
      else at = capacity < 0 ? (this.sparse[~capacity]?.get(value) ?? unknown) : unknown
    }
    return at < unknown ? (this.results[~at] as Result) : this.learn(state)
  }

  private learn(state: Int32Array): Result {
    const order: Array<number> = []
    const result = this.compute((component) => {
      if (!order.includes(component)) order.push(component)
      return state[component] as number
    })
    this.calls++
    const leaf = ~(this.results.push(result) - 1)
    const root = this.graft(this.cells[0] as number, state, order, 0, leaf)
    this.cells[0] = root
    return result
  }

  /**
   * The tree at this place with one more path: these components in this order, with their values in
   * this state, lead to this leaf.
   */
  private graft(
    tree: number,
    state: Int32Array,
    order: ReadonlyArray<number>,
    at: number,
    leaf: number
  ): number {
    const component = order[at]
    const isNew = tree === unknown
    if (component === undefined && isNew) return leaf
    if (component === undefined || (!isNew && (tree < unknown || this.cells[tree] !== component)))
      throw new ReadInTwoOrders("a memoised function read its state in two different orders")
    const node = isNew ? this.node(component, minCapacity) : tree
    const value = state[component] as number
    return this.put(node, value, this.graft(this.child(node, value), state, order, at + 1, leaf))
  }

  private child(node: number, value: number): number {
    const capacity = this.cells[node + capacityAt] as number
    if (capacity < 0) return this.sparse[~capacity]?.get(value) ?? unknown
    return value >>> 0 < capacity ? (this.cells[node + header + value] as number) : unknown
  }

  /** The node with this child, at its new place. */
  private put(node: number, value: number, child: number): number {
    const capacity = this.cells[node + capacityAt] as number
    if (capacity < 0) {
      this.sparse[~capacity]?.set(value, child)
      return node
    }
    if (value >>> 0 < capacity) {
      if (this.cells[node + header + value] === unknown)
        this.cells[node + countAt] = (this.cells[node + countAt] as number) + 1
      this.cells[node + header + value] = child
      return node
    }
    return this.put(this.widened(node, capacity, value), value, child)
  }

  /** The node with room for a value beyond its capacity. */
  private widened(node: number, capacity: number, value: number): number {
    const component = this.cells[node] as number
    const count = this.cells[node + countAt] as number
    if (value >>> 0 >= Math.max(alwaysDense, (count + 1) * maxSpread)) {
      const children = new Map<number, number>()
      for (let known = 0; known < capacity; known++) {
        const child = this.cells[node + header + known] as number
        if (child !== unknown) children.set(known, child)
      }
      this.cells[node + capacityAt] = ~(this.sparse.push(children) - 1)
      return node
    }
    let wider = capacity
    while (wider <= value) wider *= 2
    const moved = this.node(component, wider)
    this.cells[moved + countAt] = count
    this.cells.copyWithin(moved + header, node + header, node + header + capacity)
    return moved
  }

  private node(component: number, capacity: number): number {
    const node = this.used
    this.used += header + capacity
    if (this.used > this.cells.length) this.cells = withRoom(this.cells, this.used)
    this.cells[node] = component
    this.cells[node + capacityAt] = capacity
    return node
  }
}
