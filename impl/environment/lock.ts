/**
 * Locks that the kernel holds as long as the process that took them lives, against all processes of
 * the machine, including those in other containers. The contents of the file do not matter.
 */
import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"

const require = createRequire(import.meta.url)

/**
 * A way to lock an open file: returns false if another holder has the lock; undefined if this
 * machine has no such way.
 */
export type Locking = (descriptor: number) => boolean | undefined

/** Uses a native module, which exists for glibc, macOS and Windows. */
export const byModule: Locking = (descriptor) => {
  let locks: { readonly tryLock: (descriptor: number) => boolean }
  try {
    // Loaded on demand: clients do not need it.
    locks = require("fs-native-extensions")
  } catch {
    return undefined
  }
  return locks.tryLock(descriptor)
}

/**
 * Uses the command `flock` of BusyBox or util-linux, for musl. It locks the open file description,
 * which the command and this process share, so the lock remains when the command has ended.
 */
export const byCommand: Locking = (descriptor) => {
  const stdio = ["ignore", "ignore", "ignore", descriptor] as const
  const { status } = spawnSync("flock", ["-n", "3"], { stdio: [...stdio] })
  return status === 0 ? true : status === 1 ? false : undefined
}

/**
 * Locks an open file until it is closed. Returns false if another process holds the lock, or this
 * process through another descriptor. Throws where no such locks exist. (The two ways do not see
 * each other: of the processes with one folder either all have the module or none.)
 */
export const tryLock = (
  descriptor: number,
  ways: ReadonlyArray<Locking> = [byModule, byCommand]
): boolean => {
  for (const lock of ways) {
    const isHeld = lock(descriptor)
    if (isHeld !== undefined) return isHeld
  }
  throw new Error(
    "neither the module fs-native-extensions nor the command flock locks files here: install flock (util-linux or BusyBox)"
  )
}
