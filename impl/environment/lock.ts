/**
 * Locks that the kernel holds: while the process that took them lives, against all processes of the
 * machine, also those in other containers. The contents of the file do not matter.
 */
import { createRequire } from "node:module"

const require = createRequire(import.meta.url)

/**
 * Locks an open file until it is closed. Returns false if another process holds it, or this one
 * through another descriptor. Throws on platforms without such locks.
 */
export const tryLock = (descriptor: number): boolean => {
  // Loaded on demand: clients do not need it.
  const locks = require("fs-native-extensions") as { tryLock: (descriptor: number) => boolean }
  return locks.tryLock(descriptor)
}
