/**
 * Places in the agreed sequence follow real time: which runs violate this, and which do not.
 */
import { describe, expect, it } from "vitest"
import type { AnyNote, AnyOperation, Observation } from "../../../spec/kernel/observation.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import { describeNote } from "../../../spec/rambo/observation.ts"
import { placesFollowTime } from "../../../spec/rambo/places.ts"
import type { Value } from "../../../spec/register/operation.ts"

type Seen = Observation<AnyOperation, Value, AnyNote>
const change = { _tag: "Reconfigure", add: servers("s2"), remove: [] }

/** `c1 begins`, `c1 at 1` with the response in the same step, `c1 reads`, `c1 fails`. */
const eventsOf = (text: string): ReadonlyArray<Event<Seen>> => {
  const [who, word, place] = text.split(" ") as [string, string, string?]
  const node = client(who)
  const observed = (observation: Seen) => ({ _tag: "Observed", node, observation }) as const
  const read = { _tag: "Read" }
  switch (word) {
    case "begins":
      return [observed({ _tag: "Invocation", operation: change })]
    case "at":
      return [
        observed({ _tag: "Note", name: "placed", detail: { index: Number(place) } }),
        observed({ _tag: "Response", operation: change, result: null })
      ]
    case "ends":
      return [observed({ _tag: "Response", operation: change, result: "not joined" })]
    case "notes":
      return [observed({ _tag: "Note", name: "another", detail: { index: 0 } })]
    case "reads":
      return [
        observed({ _tag: "Invocation", operation: read }),
        observed({ _tag: "Response", operation: read, result: null })
      ]
    default:
      return [{ _tag: "Fault", node, fault: "Crash" }]
  }
}
const observer = placesFollowTime.observer({})
const stateAfter = (...run: ReadonlyArray<string>) =>
  run.flatMap(eventsOf).reduce(observer.observe, observer.initial)
const violation = (...run: ReadonlyArray<string>) => observer.violation(stateAfter(...run))

describe("places", () => {
  it("may be in any order if the reconfigurations overlap", () => {
    expect(violation("c1 begins", "c2 begins", "c1 at 2", "c2 at 1")).toBeUndefined()
  })

  it("are in the order of reconfigurations that do not overlap", () => {
    expect(violation("c1 begins", "c1 at 2", "c2 begins", "c2 at 2")).toBeUndefined()
    expect(violation("c1 begins", "c1 at 2", "c2 begins", "c2 at 3")).toBeUndefined()
    expect(violation("c1 begins", "c1 at 2", "c2 begins", "c2 at 1")).toBe(
      "c2's reconfiguration has place 1 in the sequence, and one that ended before it began has place 2"
    )
  })

  it("follow the highest that has ended, whoever reads, fails or reports other things", () => {
    const ended = ["c1 begins", "c2 begins", "c1 at 3", "c2 at 1"]
    expect(violation(...ended, "c3 begins", "c3 at 2")).toMatch(/place 2 .* place 3/)
    expect(violation(...ended, "c3 reads", "c1 fails", "c3 begins", "c3 notes")).toBeUndefined()
    expect(violation(...ended, "c1 begins", "c1 at 2")).toMatch(/place 2 .* place 3/)
  })

  it("are none for a reconfiguration that ends without one", () => {
    const ended = ["c1 begins", "c1 at 1", "c2 begins", "c2 ends"]
    expect(stateAfter(...ended)).toEqual(stateAfter("c1 begins", "c1 at 1"))
  })

  it("need no words beside the response, and are all that the property is about", () => {
    const [placed, response] = eventsOf("c1 at 1").flatMap((event) =>
      event._tag === "Observed" ? [event.observation] : []
    )
    expect(describeNote({ _tag: "Note", name: "placed", detail: { index: 1 } })).toBe("")
    expect([placed, response].map((one) => placesFollowTime.canFailAt?.(one as Seen))).toEqual([
      true,
      false
    ])
  })
})
