/**
 * Remembers the results of a function of a state, by the components that the function read.
 *
 * Suppose a function reads component 3 and then, because of the value it found there, component 5.
 * The memo calls it again only for a new value of 3, or for a new value of 5 beside an old value of
 * 3. The memo records each read as the function runs, so no caller declares dependencies. The
 * function must depend on nothing else.
 */
interface Tree<Result> {
  /** The component that the function reads here; `none` where the result is known. */
  readonly component: number
  readonly branches: Map<number, Tree<Result>>
  readonly result: Result | undefined
}
const none = -1

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
  private root: Tree<Result> | undefined

  private readonly compute: (read: Read) => Result

  constructor(compute: (read: Read) => Result) {
    this.compute = compute
  }

  get(state: Int32Array): Result {
    let tree = this.root
    while (tree !== undefined) {
      if (tree.component === none) return tree.result as Result
      tree = tree.branches.get(state[tree.component] as number)
    }
    return this.learn(state)
  }

  private learn(state: Int32Array): Result {
    const order: Array<number> = []
    const result = this.compute((component) => {
      if (!order.includes(component)) order.push(component)
      return state[component] as number
    })
    this.calls++
    this.root = graft(this.root, state, order, 0, { component: none, branches: noBranches, result })
    return result
  }
}

const noBranches = new Map<number, never>()

/**
 * The tree with one more path: these components in this order, with their values in this state,
 * lead to this leaf.
 */
const graft = <Result>(
  tree: Tree<Result> | undefined,
  state: Int32Array,
  order: ReadonlyArray<number>,
  at: number,
  leaf: Tree<Result>
): Tree<Result> => {
  const component = order[at]
  if (component === undefined) return leaf
  const node =
    tree !== undefined && tree.component !== none
      ? tree
      : { component, branches: new Map<number, Tree<Result>>(), result: undefined }
  if (node.component !== component)
    throw new ReadInTwoOrders("a memoised function read its state in two different orders")
  const value = state[component] as number
  node.branches.set(value, graft(node.branches.get(value), state, order, at + 1, leaf))
  return node
}
