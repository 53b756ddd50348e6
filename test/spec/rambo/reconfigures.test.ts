/**
 * Which messages reconfigure: a host may refuse them from whoever may only read and write, and
 * nothing of a read or a write is lost.
 */
import { expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import type { Message } from "../../../spec/rambo/messages.ts"
import { reconfigures } from "../../../spec/rambo/messages.ts"
import { reconfigures as reconfiguresRegisters } from "../../../spec/rambo/registers/messages.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"
import { checked, scenarioOf } from "../../checker/network/searching.ts"

/** The operation that a client is at, or begins. */
const operationOf = (state: ClientState, input: { _tag: string; operation?: StorageOperation }) =>
  state.activity._tag === "Idle" ? input.operation?._tag : state.activity.operation._tag

it("only reconfigurations send what reconfigures, in every run of a small system", () => {
  const scenario = scenarioOf({
    protocol: "rambo",
    variant: "with-consensus",
    servers: 3,
    configuration: ["s1", "s2"],
    clients: [["reconfigure +s3 -s2"], ["write 1", "read"]],
    properties: ["atomicity"]
  })
  const tags: Record<string, Set<string>> = {
    Reconfigure: new Set(),
    Read: new Set(),
    Write: new Set()
  }
  /** The process of a client, with a look at what it sends. */
  const watched = (process: AnyProcess): AnyProcess => ({
    ...process,
    step: (context, self, state, input) => {
      const taken = process.step(context, self, state, input)
      for (const { message } of taken.sends) {
        const operation = operationOf(state as ClientState, input as never)
        tags[operation ?? ""]?.add((message as Message)._tag)
        expect(operation === "Reconfigure" || !reconfigures(message as Message)).toBe(true)
      }
      return taken
    }
  })
  const { system } = scenario.model
  const nodes = system.nodes.map((node) =>
    node.role === "client" ? { ...node, process: watched(node.process) } : node
  )
  const result = checked(
    { ...scenario, model: { ...scenario.model, system: { ...system, nodes } } },
    { reductions: allReductions }
  )
  expect(result).toMatchObject({ verdict: "holds", exhaustive: true })
  const sorted = Object.fromEntries(
    Object.entries(tags).map(([name, sent]) => [name, [...sent].sort()])
  )
  expect(sorted).toEqual({
    Reconfigure: ["Ballot", "Retire", "Set", "StorePointer"],
    Read: ["Get", "Set"],
    Write: ["Get", "Set"]
  })
})

it("of many registers, listing and populating reconfigure as well; answers never do", () => {
  const questions = ["List", "Populate", "Retire", "Ballot", "Get", "Set"]
  const answers = ["Listing", "Populated", "Retired", "BallotReply", "GetReply", "SetReply"]
  const sent = (tag: string) => reconfiguresRegisters({ _tag: tag } as never)
  expect(questions.filter(sent)).toEqual(["List", "Populate", "Retire", "Ballot"])
  expect(answers.filter(sent)).toEqual([])
})
