/**
 * Watching the threads of a check reveals which of the author's functions is running, and for how
 * long. The check ends only for a function that all other work waits for.
 */
import { afterEach, expect, it } from "vitest"
import { newMemory, notebookOf, takeNotebook } from "../../../checker/command/notebooks.ts"
import { Watch } from "../../../checker/command/watch.ts"
import { askedAbout, asking, askOf } from "../../../checker/relation/asking.ts"

const memory = newMemory(1)
const begin = performance.now()
const after = (seconds: number) => begin + seconds * 1000

// Later files run in this process: threads that they start would look for pages of this notebook.
afterEach(() => takeNotebook({ notebook: undefined }))

it("sees what is asked, of which model, and the outer question again after an inner one", () => {
  takeNotebook({ notebook: { memory, thread: 0 } })
  askOf("ring.ts")
  const watch = new Watch(memory, Number.POSITIVE_INFINITY)
  const seen: Array<string | undefined> = [watch.asked]
  asking(
    'action "pass"',
    () => {
      asking('invariant "safe"', () => seen.push(watch.asked), {})
      seen.push(watch.asked)
      expect(askedAbout()).toEqual({ n: 1 })
    },
    { n: 1 }
  )
  seen.push(watch.asked)
  expect(seen).toEqual([
    undefined,
    'ring.ts: invariant "safe"',
    'ring.ts: action "pass"',
    undefined
  ])
  expect(notebookOf(0)).toEqual({ memory, thread: 1 })
})

it("ends a check for a question that stays open, on request or at its limit, and reports first", () => {
  takeNotebook({ notebook: { memory, thread: 1 } })
  askOf("ring.ts")
  const watch = new Watch(memory, 20)
  asking("isDone", () => watch.look(true, after(0)), undefined)
  asking(
    'action "spin"',
    () => {
      expect(watch.look(true, after(1))).toEqual({})
      expect(watch.look(true, after(2.5))).toEqual({})
      expect(watch.look(false, after(4)).why).toBeUndefined()
      expect(watch.look(true, after(4))).toMatchObject({
        why: "it was interrupted",
        stuck: { thread: 1, asked: 'ring.ts: action "spin"', seconds: 3 }
      })
      expect(watch.look(false, after(12)).isNews).toBe(true)
      expect(watch.look(false, after(13)).isNews).toBe(false)
      expect(watch.look(false, after(22.5)).why).toBe("the limit of 20 s was reached")
    },
    undefined
  )
  expect(watch.look(true, after(60))).toEqual({})
})

it("many questions find room for their names", () => {
  takeNotebook({ notebook: { memory, thread: 0 } })
  const watch = new Watch(memory, 1)
  for (let at = 0; at < 2_000; at++)
    asking(`action "${at}"`, () => expect(watch.asked).toContain(`action "${at}"`), {})
})

it("is not misled by many quick questions", () => {
  takeNotebook({ notebook: { memory, thread: 0 } })
  const watch = new Watch(memory, Number.POSITIVE_INFINITY)
  for (let second = 0; second < 9; second++)
    asking("isDone", () => expect(watch.look(true, after(second))).toEqual({}), {})
})
