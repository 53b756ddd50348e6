/**
 * A storage node of DynaStore promises of a message that it only answers it if, and only if, the
 * message has no effect on its state.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { Message } from "../../../spec/dynastore/messages.ts"
import { correct } from "../../../spec/dynastore/rules.ts"
import { server as process } from "../../../spec/dynastore/server.ts"
import { initialView } from "../../../spec/dynastore/view.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"

const [s1, c1] = [server("s1"), client("c1")]
const context = { configuration: majority(servers("s1", "s2")), rules: correct }
const view = initialView(context)
const later = { add: servers("s1", "s2", "s3"), remove: [] }
const pair = { value: 1, timestamp: { number: 1, client: c1 } }
const inPhase = { operation: 1, phase: 1 }
const change = { add: servers("s3"), remove: [] }
const messages: ReadonlyArray<Message> = [
  { _tag: "Get", ...inPhase },
  { _tag: "Set", ...inPhase, pair },
  { _tag: "Endorse", ...inPhase, view, change },
  { _tag: "Collect", ...inPhase, view },
  { _tag: "Notify", ...inPhase, view: later },
  { _tag: "AskView" }
]

it.each(messages)("a storage node promises so of $_tag", (message) => {
  const receive = (state: Parameters<typeof process.step>[2]) =>
    process.step(context, s1, state, { _tag: "Receive", from: c1, message })
  const before = process.initial(context, s1)
  const { state: after } = receive(before)
  const promised = (state: typeof before) =>
    process.promises?.onlyAnswers?.(context, s1, state, c1, message)
  expect(promised(before)).toBe(equals(before, after))
  expect(promised(after)).toBe(equals(after, receive(after).state))
})
