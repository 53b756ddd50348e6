/**
 * The simulator judges reconfigurations by the property of the specification.
 */
import { expect, it } from "vitest"
import { Changes } from "../../../impl/simulator/changes.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"

const [c1, c2] = [client("c1"), client("c2")]
const change = { _tag: "Reconfigure", add: servers("s2"), remove: [] } as const
const placed = (index: number) => ({ _tag: "Note", name: "placed", detail: { index } }) as const

it("a reconfiguration with a place before that of an earlier one is a violation", () => {
  const changes = new Changes()
  changes.begins(c1, change)
  changes.notes(c1, placed(2))
  changes.ends(c1, change, null)
  changes.begins(c2, change)
  expect(changes.violation).toBeUndefined()
  changes.notes(c2, placed(1))
  expect(changes.violation).toMatch(/^c2's reconfiguration has place 1/)
})
