/**
 * Real processes, killed, paused and isolated, with disks that fill: no acknowledged write is lost,
 * and no client is stuck after healing. `QUORATE_CHAOS_SECONDS` makes it longer;
 * `npm run bench -- chaos` is the long one.
 */
import { afterAll, expect, it } from "vitest"
import { Installation } from "../../checker/command/installation.ts"
import { canFillDisks, chaos } from "./chaos.ts"

const seconds = Number(process.env.QUORATE_CHAOS_SECONDS ?? 6)
/** Beside other tests there are hundreds of operations a second, and not all that fit. */
const restMilliseconds = seconds < 60 ? 40 : 5
const installation = new Installation()
const replacing = new Installation()
afterAll(() => {
  installation.remove()
  replacing.remove()
})

it(
  "five nodes and sixteen clients survive chaos",
  async () => {
    const report = await chaos({
      script: installation.script,
      folder: installation.folder,
      nodes: 5,
      clients: 16,
      registers: 8,
      seconds,
      restMilliseconds,
      // Lost memories take longer than a test may: they are for the bench, or for a long run by
      // hand.
      forgets: seconds >= 60,
      seed: 1
    })
    expect(report).toMatchObject({ violations: [], stuck: 0, memories: { unnoticed: [] } })
    // Enough that there was something to go wrong, on a machine that is busy with other tests as
    // well.
    expect(report.operations).toBeGreaterThan(5 * seconds)
    const kinds = ["kill", "pause", "cut", "slow", "silence", ...(canFillDisks ? ["full"] : [])]
    expect(Object.keys(report.faults).sort()).toEqual(kinds.sort())
    // A node may be killed while its disk is full.
    if (canFillDisks) expect(report.fullDisks).toBeGreaterThan(0)
    expect(report.disksWithRoomAgain).toBeLessThanOrEqual(report.fullDisks)
    expect(report.nodeBytes).toBeLessThan(400 * 2 ** 20)
  },
  1000 * seconds + 120_000
)

it(
  "three nodes are replaced by three others, twice, under load and faults",
  async () => {
    const report = await chaos({
      script: replacing.script,
      folder: replacing.folder,
      nodes: 3,
      clients: 8,
      registers: 8,
      seconds,
      restMilliseconds,
      replacements: 2,
      seed: 2
    })
    expect(report).toMatchObject({ violations: [], stuck: 0, replacements: 2 })
    expect(report.operations).toBeGreaterThan(5 * seconds)
  },
  1000 * seconds + 120_000
)
