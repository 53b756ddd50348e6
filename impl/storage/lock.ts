/**
 * That no second process uses a folder. The lock is the kernel's: it holds as long as its process lives, also for processes
 * of other containers that share the folder, and what a file says that was left there does not matter.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"

const require = createRequire(import.meta.url)

/**
 * Locks the folder; the returned function lets go of it. Undefined if another process holds it. Throws what the file system
 * says, and what there is to say where the platform has no such locks.
 */
export const lockFolder = (folder: string): (() => void) | undefined => {
  const { tryLock } = require("fs-native-extensions") as { tryLock: (descriptor: number) => boolean }
  const descriptor = openSync(join(folder, "lock"), "a+")
  try {
    if (!tryLock(descriptor)) {
      closeSync(descriptor)
      return undefined
    }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  try {
    // For people. On a full disk it is not there.
    ftruncateSync(descriptor, 0)
    writeSync(descriptor, `${process.pid}\n`)
  } catch {}
  return () => closeSync(descriptor)
}
