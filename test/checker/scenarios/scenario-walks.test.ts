import { describe, expect, it } from "vitest"
import { readWalks, walkedHere, walkedIn, walksApart } from "../manifest/walks.ts"
import { shipped } from "../shipped.ts"

const walks = readWalks()

describe("random runs of a scenario whose search is long", () => {
  it.each(walkedHere())("%s come to what walks.json says", (name) => {
    expect(walksApart(name, walkedIn(shipped(name)), walks[name])).toBeUndefined()
  })
})
