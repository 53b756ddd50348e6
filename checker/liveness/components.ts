/**
 * The strongly connected components of a graph. Its nodes are numbers, and the algorithm asks for
 * the edges of each node once.
 *
 * This is Tarjan's algorithm in Pearce's form ("A space-efficient algorithm for finding strongly
 * connected components", Information Processing Letters 116, 2016): one integer per node, and
 * stacks. It works in pieces and does not recurse, so a graph may have any depth.
 */
import { Integers } from "../engine/integers.ts"

export interface Graph {
  /** Nodes are numbered from 0. */
  readonly size: number
  /**
   * Whether to start from this node. The algorithm visits every node that is reachable from a root.
   */
  readonly isRoot: (node: number) => boolean
  /** Pushes the target of every edge of a node. Called once per visited node. */
  readonly successors: (node: number, into: Integers) => void
  /** Called with each component of more than one node. */
  readonly found: (members: Int32Array) => void
}

/** The rank of a node whose component is known. */
const closed = 0x7fffffff

export class Components {
  private readonly graph: Graph
  /**
   * Per node: 0 until it is visited; then the smallest order of a node that it is known to reach;
   * finally `closed`.
   */
  private readonly rank: Int32Array
  /** Visited nodes that belong to the component of a node that is still on the path. */
  private readonly waiting = new Integers()
  /**
   * The path: for each of its nodes, the node, its order, the start of its successors, and the next
   * successor to visit.
   */
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
   * The next node to visit: along the path or, when the path is done, another root; -1 if there is
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
   * Leaves the last node of the path, all of whose edges have been followed. If it reaches no
   * earlier node, a component is complete.
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
