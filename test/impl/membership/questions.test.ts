/**
 * A client that asks without end whether its epoch is the current one costs a replica a few
 * signatures a second, and others are answered meanwhile.
 */
import { expect, it } from "vitest"
import { maxQuestions, Questions } from "../../../impl/membership/questions.ts"
import type { Nonce } from "../../../spec/membership/move/messages.ts"
import { type ClientId, client } from "../../../spec/nodes/nodes.ts"
import { World } from "./world.ts"

const nonceOf = (asker: ClientId, operation: number): Nonce => ({
  ...{ client: asker, operation },
  ...{ number: 0, system: 0 }
})

it("a replica answers a few different questions of one client a second, whatever its processes are called", () => {
  const questions = new Questions()
  questions.look(0)
  const asked = (name: string, operation: number): boolean =>
    questions.admits(client(name), nonceOf(client("another"), operation))
  const answered = Array.from({ length: 10 }, (_, at) => asked(`greedy.run${at}/${at}`, at))
  expect(answered.filter((is) => is).length).toBe(maxQuestions)
  expect(asked("greedy.run0/0", 0)).toBe(true)
  expect(asked("modest.run/1", 1)).toBe(true)
  questions.look(999)
  expect(asked("greedy.run/1", 11)).toBe(false)
  questions.look(1000)
  expect(asked("greedy.run/1", 11)).toBe(true)
})

it("a replica signs no more answers than that", () => {
  const world = new World(["m1", "m2", "m3", "m4"], ["s1", "s2", "s3", "s4"])
  const [replica, asker] = [world.id("m1"), world.addAsker("greedy")]
  for (let operation = 1; operation <= maxQuestions + 3; operation++)
    world.say(asker, replica, { _tag: "Ask", nonce: nonceOf(asker, operation) } as never)
  // The answers do not arrive yet, so that they can be counted.
  world.isOnItsWay = ({ message }) => message._tag === "Stated"
  world.run()
  const { messages } = world
  world.isOnItsWay = () => false
  world.run()
  expect(world.messages - messages).toBe(maxQuestions)
})
