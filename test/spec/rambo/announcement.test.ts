/**
 * The configuration that a reconfiguration announces to the directory: the one at its goal, even if
 * it knows a later one; a later one only if the one at the goal is already retired.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { directory } from "../../../spec/directory/directory.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { proceed, receiveAnnounced } from "../../../spec/rambo/garbage-collection.ts"
import { correct } from "../../../spec/rambo/rules.ts"
import type { Announcing, ClientState } from "../../../spec/rambo/state.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const d = directory("d")
const context = { rules: correct, directory: d }
const operation = { _tag: "Reconfigure", ...changeOf(["+s2"]) } as const
const stateOf = (retired: number, ...active: ReadonlyArray<string>): ClientState => ({
  begun: 1,
  phase: 1,
  map: { retired, active: active.map((name) => majority(servers(name))) },
  activity: { _tag: "Idle" }
})

it.each([
  ["the one at the goal, which is the last", stateOf(1, "s2"), 1, 1, "s2"],
  ["the one at the goal, though later ones are known", stateOf(1, "s2", "s3", "s4"), 1, 1, "s2"],
  ["the oldest active one, if that at the goal is retired", stateOf(2, "s3", "s4"), 1, 2, "s3"],
  ["the first one, if nothing was to be changed", stateOf(0, "s1"), 0, 0, "s1"]
] as const)("the directory is informed of %s", (_, state, goal, number, member) => {
  const step = proceed(context, state, { operation, goal })
  expect(step.sends).toEqual([
    { to: d, message: { _tag: "Announce", number, members: servers(member) } }
  ])
  expect(step.state.activity).toEqual({ _tag: "Announcing", operation, goal, number })
  expect(step.observations).toEqual([])
  const announcing = step.state.activity as Announcing
  const answered = (answer: number) =>
    receiveAnnounced(context, step.state, announcing, { _tag: "Announced", number: answer })
  expect(answered(number + 1).observations).toEqual([])
  expect(answered(number).observations).toEqual([
    { _tag: "Note", name: "placed", detail: { index: goal } },
    { _tag: "Response", operation, result: null }
  ])
})
