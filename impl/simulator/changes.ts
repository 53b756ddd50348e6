/**
 * The judge of a run's reconfigurations: the property of the specification that the checker judges
 * by, `places-follow-time`.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyNote } from "../../spec/kernel/observation.ts"
import { placesFollowTime } from "../../spec/rambo/places.ts"
import type { Value } from "../../spec/register/operation.ts"
import type { Reconfigure } from "../../spec/storage/reconfiguration.ts"

const observer = placesFollowTime.observer({})

export class Changes {
  private state = observer.initial

  begins(node: NodeId, operation: Reconfigure): void {
    this.see(node, { _tag: "Invocation", operation })
  }

  notes(node: NodeId, note: AnyNote): void {
    this.see(node, note)
  }

  ends(node: NodeId, operation: Reconfigure, result: Value): void {
    this.see(node, { _tag: "Response", operation, result })
  }

  /** Why the reconfigurations are in no order that follows time; undefined if they are. */
  get violation(): string | undefined {
    return observer.violation(this.state)
  }

  private see(
    node: NodeId,
    observation: Parameters<NonNullable<typeof placesFollowTime.canFailAt>>[0]
  ): void {
    this.state = observer.observe(this.state, { _tag: "Observed", node, observation })
  }
}
