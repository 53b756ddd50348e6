/**
 * A process loads only the sub-command that it was started for, which it finds by its name.
 */
import { expect, it } from "vitest"
import { loaded, ofTheChecker } from "../../../checker/command/families.ts"
import { familiesOf } from "../../../impl/command/subcommands.ts"

const families = [...ofTheChecker, ...familiesOf(new URL(import.meta.url))]
const namesOf = async (name?: string): Promise<ReadonlyArray<string>> =>
  (await loaded(families, name)).map((command) => command.name)

it("each family of sub-commands has the names that it is found by", async () => {
  for (const { names } of families)
    for (const name of names) expect(await namesOf(name)).toEqual(names)
})

it("all are there for who names none of them", async () => {
  const all = families.flatMap(({ names }) => names)
  expect(new Set(all).size).toBe(all.length)
  expect(await namesOf()).toEqual(all)
  expect(await namesOf("nosuch")).toEqual(all)
})
