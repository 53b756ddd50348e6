/**
 * Runs Spin, if it is installed, on a twin of one of the shipped models.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export interface SpinRun {
  readonly distinct: number
  readonly generated: number
  readonly seconds: number
  readonly bytesPerState: number
}

/** What is missing to run Spin; undefined if nothing is. */
export const missingForSpin = (): string | undefined => {
  const missing = [
    ["spin", "-V"],
    ["gcc", "--version"]
  ].filter(([program, flag]) => spawnSync(program as string, [flag as string]).error !== undefined)
  if (missing.length === 0) return undefined
  const names = missing.map(([program]) => program).join(" and ")
  return `${names} not found: no comparison with Spin (on Debian: apt-get install spin gcc)`
}

/** Compiles a twin for a plain exhaustive search. Returns the verifier's path. */
export const compiled = (twin: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-spin-"))
  const source = join(dirname(fileURLToPath(import.meta.url)), twin)
  execFileSync("spin", ["-a", source], { cwd: folder })
  execFileSync("gcc", ["-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"], {
    cwd: folder
  })
  return join(folder, "pan")
}

/** Runs a verifier to its end. */
export const runSpin = (verifier: string): SpinRun => {
  const text = execFileSync(verifier, ["-m10000"], { cwd: dirname(verifier), encoding: "utf8" })
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(text)?.[1]
    if (found === undefined) throw new Error(`Spin's report has no ${pattern}:\n${text}`)
    return Number(found)
  }
  const distinct = number(/(\d+) states, stored/)
  return {
    distinct,
    // Spin counts transitions and the initial state, which it counts as stored.
    generated: number(/(\d+) transitions/),
    seconds: number(/elapsed time ([\d.]+) seconds/),
    bytesPerState: (number(/([\d.]+)\s+(?:total actual )?memory usage/) * 2 ** 20) / distinct
  }
}
