/**
 * Locks that the kernel holds: as long as the process lives that has them, for all processes of the
 * machine, also those of other containers. What stands in the file does not matter.
 */
import { createRequire } from "node:module"

const require = createRequire(import.meta.url)

/**
 * Locks an open file, until it is closed; false if another process has it, or this one through
 * another descriptor. Throws where the platform has no such locks.
 */
export const tryLock = (descriptor: number): boolean => {
  // Loaded when it is needed: clients get along without.
  const locks = require("fs-native-extensions") as { tryLock: (descriptor: number) => boolean }
  return locks.tryLock(descriptor)
}
