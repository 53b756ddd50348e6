/**
 * The properties of liveness of a scenario, decided after its search.
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
  /** Whether everything is decided. */
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

  /** The memory that the decision takes besides the visited states. */
  get bytes(): number {
    return this.pass.bytes
  }

  /**
   * The clients that, as far as this property goes, may wait for ever for a node that stands at a
   * bound.
   */
  unclear(property: string): ReadonlyArray<NodeId> {
    return this.demands
      .filter((demand, index) => demand.property === property && this.pass.isViolated(index))
      .map(({ client }) => client)
  }

  /**
   * A run that breaks a property, of the shortest that were found for each client; undefined if
   * there is none.
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
