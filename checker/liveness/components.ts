/**
 * The strongly connected components of a graph whose nodes are numbers and whose edges are asked
 * for once per node.
 *
 * This is Tarjan's algorithm in the form that Pearce gave it ("A space-efficient algorithm for
 * finding strongly connected components", Information Processing Letters 116, 2016): one integer
 * per node, and stacks. It does a piece of work at a time and does not recurse, so graphs may be as
 * deep as they like.
 */
import { Integers } from "../engine/integers.ts"

export interface Graph {
  /** Nodes are numbered from 0. */
  readonly size: number
  /** Whether to start from this node. Whatever can be reached from such a node is visited. */
  readonly isRoot: (node: number) => boolean
  /** Pushes every node that an edge leads to. Called once per visited node. */
  readonly successors: (node: number, into: Integers) => void
  /** Hears of each component of more than one node. */
  readonly found: (members: Int32Array) => void
}

/** The rank of a node whose component is known. */
const closed = 0x7fffffff

export class Components {
  private readonly graph: Graph
  /**
   * Per node: 0 until it is visited; then the smallest order of a node that it is known to reach;
   * then `closed`.
   */
  private readonly rank: Int32Array
  /** Visited nodes that belong to the component of a node that is still on the path. */
  private readonly waiting = new Integers()
  /** The path: per node on it, the node, its order, and where its successors begin and go on. */
  private readonly path = new Integers()
  private readonly orders = new Integers()
  private readonly starts = new Integers()
  private readonly nexts = new Integers()
  private readonly edges = new Integers()
  private order = 1
  private root = 0

  constructor(graph: Graph) {
    this.graph = graph
    this.rank = new Int32Array(graph.size)
  }

  /** Visits up to `count` more nodes. Returns false when all have been visited. */
  advance(count: number): boolean {
    for (let visited = 0; visited < count; visited++) {
      const node = this.nextNode()
      if (node < 0) return false
      this.enter(node)
    }
    return true
  }

  get bytes(): number {
    const stacks = [this.waiting, this.path, this.orders, this.starts, this.nexts, this.edges]
    return stacks.reduce((sum, { bytes }) => sum + bytes, this.rank.byteLength)
  }

  /**
   * The next node to visit: along the path, or, where that is done, another root; -1 if there is
   * none.
   */
  private nextNode(): number {
    const { rank, path, starts, nexts, edges, graph } = this
    while (path.size > 0) {
      const top = path.size - 1
      const next = nexts.get(top)
      const end = edges.size
      if (next === end) {
        edges.size = starts.get(top)
        this.leave()
        continue
      }
      nexts.set(top, next + 1)
      const node = edges.get(next)
      if (rank[node] === 0) return node
      this.reaches(path.get(top), node)
    }
    while (this.root < graph.size) {
      const node = this.root++
      if (rank[node] === 0 && graph.isRoot(node)) return node
    }
    return -1
  }

  private enter(node: number): void {
    const { path, orders, starts, nexts, edges } = this
    this.rank[node] = this.order
    path.push(node)
    orders.push(this.order++)
    starts.push(edges.size)
    nexts.push(edges.size)
    this.graph.successors(node, edges)
  }

  private reaches(node: number, other: number): void {
    const { rank } = this
    if ((rank[other] as number) < (rank[node] as number)) rank[node] = rank[other] as number
  }

  /**
   * All that the last node of the path reaches is known. If that is nothing before it, a component
   * is complete.
   */
  private leave(): void {
    const { rank, waiting, path, orders, starts, nexts } = this
    const node = path.pop()
    const order = orders.pop()
    starts.pop()
    nexts.pop()
    if (rank[node] === order) this.close(node)
    else waiting.push(node)
    if (path.size > 0) this.reaches(path.get(path.size - 1), node)
  }

  private close(node: number): void {
    const { rank, waiting, graph } = this
    const order = rank[node] as number
    let start = waiting.size
    while (start > 0 && (rank[waiting.get(start - 1)] as number) >= order) start--
    if (start < waiting.size) {
      waiting.push(node)
      const members = waiting.from(start)
      for (const member of members) rank[member] = closed
      waiting.size = start
      graph.found(members)
    } else rank[node] = closed
  }
}
