import { describe, expect, it } from "vitest"
import { shipped } from "../shipped.ts"
import { readStrays, straysApart, variantsWithout } from "./pinned.ts"
import { type Counts, straysOf } from "./strays.ts"

const strays = readStrays()

describe("strays", () => {
  it.each(Object.keys(strays))("in %s are counted as strays.json has them", (name) => {
    const found = straysOf(shipped(name).model)
    expect(straysApart(name, found, strays[name] as Counts)).toBeUndefined()
  })

  it("are counted for every correct variant that has a scenario", () => {
    expect(variantsWithout(strays).map(({ variant }) => variant)).toEqual([])
  })

  it("differ where a number is missing, and that is said", () => {
    expect(
      straysApart("a/b", { "server: Get sends": 3 }, { "server: Get sends": 4, ready: 1 })
    ).toBe(
      "a/b: server: Get sends: 3, not 4; ready: 0, not 1; " +
        "if the change is meant: npm run manifest -- --walks a/b"
    )
  })
})
