/**
 * Decides the liveness properties of a scenario after its search.
 */
import type { NodeId } from "../spec/kernel/node.ts"
import type { Shard } from "./engine/shard.ts"
import type { Lasso } from "./liveness/fair-space.ts"
import { LivenessPass } from "./liveness/pass.ts"
import { visitedOf } from "./liveness/visited.ts"
import { type ClientDemand, demandsOf, fairSpaceOf } from "./network/fairness.ts"
import type { Network } from "./network/network.ts"
import { lassoRun } from "./report/lasso.ts"

export class LivenessCheck {
  /** True once everything is decided. */
  isOver = false
  private readonly network: Network
  private readonly shard: Shard
  private readonly demands: ReadonlyArray<ClientDemand>
  private readonly pass: LivenessPass

  constructor(network: Network, shard: Shard) {
    this.network = network
    this.shard = shard
    this.demands = demandsOf(network)
    this.pass = new LivenessPass(fairSpaceOf(network), visitedOf(shard), this.demands)
  }

  /** Expands up to `states` more states. Returns false when everything is decided. */
  advance(states: number): boolean {
    this.isOver = !this.pass.advance(states)
    return !this.isOver
  }

  /** The properties that demanded something in some state. */
  get spoken(): ReadonlySet<string> {
    return new Set(
      this.demands.flatMap(({ property }, index) => (this.pass.spoken[index] ? [property] : []))
    )
  }

  /** The memory of the decision beyond the visited states, in bytes. */
  get bytes(): number {
    return this.pass.bytes
  }

  /**
   * The clients that, under this property, may wait forever for a node that has stopped at a bound.
   */
  unclear(property: string): ReadonlyArray<NodeId> {
    return this.demands
      .filter((demand, index) => demand.property === property && this.pass.isViolated(index))
      .map(({ client }) => client)
  }

  /**
   * A run that violates a property, one of the shortest found for the clients; undefined if there
   * is none.
   */
  runOf(property: string): ReturnType<typeof lassoRun> | undefined {
    const found = this.demands.flatMap((demand, index) => {
      const isOne = demand.property === property && demand.isCertain
      const lasso = isOne ? this.pass.lassoOf(index) : undefined
      return lasso === undefined ? [] : [{ demand, lasso }]
    })
    const [first] = found.sort((left, right) => lengthOf(left.lasso) - lengthOf(right.lasso))
    return first && lassoRun(this.network, this.shard, first.lasso, first.demand)
  }
}

const lengthOf = ({ stem, loop }: Lasso): number => stem.length + loop.length
