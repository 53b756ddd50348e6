/**
 * Searches of the shipped scenarios of one folder, compared with the manifest.
 */
import { describe, expect, it } from "vitest"
import { foundIn, mismatch, readManifest } from "../../../checker/command/manifest.ts"
import { quickNames } from "../../../checker/command/shipped.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { maxSearchedGenerated } from "../manifest/walks.ts"
import { checked } from "../network/searching.ts"
import { shipped } from "../shipped.ts"

const manifest = readManifest()

/**
 * Longer searches are left to `npm run check`, which compares with the manifest as well; of these
 * scenarios the tests take random runs (`scenario-walks.test.ts`).
 */
const isShort = (name: string): boolean => (manifest[name]?.generated ?? 0) <= maxSearchedGenerated

/** One file a protocol calls this, so that they are shared out among the cores. */
export const searchScenariosIn = (folder: string): void => {
  const names = quickNames().filter((name) => name.startsWith(`${folder}/`))
  describe(`the scenarios in ${folder}`, () => {
    it.each(names.filter(isShort))("%s is as the manifest says", (name) => {
      const result = checked(shipped(name), { reductions: allReductions, slice: 10_000 })
      const found = foundIn(result)
      expect(mismatch(name, found, manifest[name])).toBeUndefined()
      expect(result.asExpected).toBe(true)
      // No promise was broken.
      expect(result.notes).toEqual([])
      expect(result.exhaustive || found.violated !== undefined).toBe(true)
    })
  })
}
