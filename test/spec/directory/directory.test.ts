/**
 * The directory service: the messages it sends when a configuration is announced.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import {
  type Announce,
  type Context,
  type Directory,
  directory,
  directoryService,
  initial,
  receiveAnnounce
} from "../../../spec/directory/directory.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"

const [c1, c2, c3] = [client("c1"), client("c2"), client("c3")]
const context: Context = { clients: [c1, c2, c3], configuration: majority(servers("s1")) }
const announce = (number: number, ...members: ReadonlyArray<string>): Announce => ({
  _tag: "Announce",
  number,
  members: servers(...members)
})
const knowing = (number: number, ...members: ReadonlyArray<string>): Directory => ({
  number,
  members: servers(...members)
})

describe("the directory service", () => {
  it("initially knows the first configuration", () => {
    expect(initial(context)).toEqual(knowing(0, "s1"))
  })

  it("stores a later configuration, acknowledges it, and sends a hint to every other client", () => {
    const hint = { _tag: "Hint", members: servers("s2", "s3") }
    const announced = { to: c2, message: { _tag: "Announced", number: 2 } }
    const step = receiveAnnounce(context, knowing(0, "s1"), c2, announce(2, "s2", "s3"))
    expect(step.state).toEqual(knowing(2, "s2", "s3"))
    expect(step.sends).toHaveLength(3)
    expect(step.sends).toEqual(
      expect.arrayContaining([announced, { to: c1, message: hint }, { to: c3, message: hint }])
    )
  })

  it.each([2, 1, 0])(
    "keeps configuration 2 when %i is announced, and acknowledges without hints",
    (number) => {
      const before = knowing(2, "s2", "s3")
      const step = receiveAnnounce(context, before, c3, announce(number, "s1"))
      expect(step.state).toEqual(before)
      expect(step.sends).toEqual([{ to: c3, message: { _tag: "Announced", number } }])
    }
  )

  it("declares that an announcement without news only has an answer", () => {
    const { promises } = directoryService()
    const onlyAnswers = (number: number) =>
      promises?.onlyAnswers?.(context, directory("d"), knowing(2, "s2"), c1, announce(number, "s1"))
    expect([1, 2, 3].map(onlyAnswers)).toEqual([true, true, false])
  })
})
