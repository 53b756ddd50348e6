/**
 * The messages that reconfigure. A host may reject them from clients that may only read and write;
 * no read or write needs them.
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

/** The operation in progress, or the one that begins. */
const operationOf = (state: ClientState, input: { _tag: string; operation?: StorageOperation }) =>
  state.activity._tag === "Idle" ? input.operation?._tag : state.activity.operation._tag

it("only reconfigurations send messages that reconfigure, in every run of a small system", () => {
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

it("with many registers, List and Populate reconfigure too; answers never do", () => {
  const questions = ["List", "PopulateList", "Populate", "Retire", "Ballot", "Get", "Set"]
  const answers = [
    "Listing",
    "PopulatedList",
    "Populated",
    "Retired",
    "BallotReply",
    "GetReply",
    "SetReply"
  ]
  const sent = (tag: string) => reconfiguresRegisters({ _tag: tag } as never)
  expect(questions.filter(sent)).toEqual(["List", "PopulateList", "Populate", "Retire", "Ballot"])
  expect(answers.filter(sent)).toEqual([])
})
