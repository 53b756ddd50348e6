/**
 * What the machine lets this process have: descriptors, memory, room on the disk.
 */
import { readdirSync, readFileSync, statfs } from "node:fs"
import { getHeapStatistics } from "node:v8"

/** How many descriptors this process may have open; undefined where the system does not say. */
export const mostDescriptors = (): number | undefined => {
  const said = read(
    "/proc/self/limits",
    (file) => /^Max open files\s+(\d+)/m.exec(readFileSync(file, "utf8"))?.[1]
  )
  return said === undefined ? undefined : Number(said)
}

/** How many descriptors this process has open; undefined where the system does not say. */
export const openDescriptors = (): number | undefined =>
  read("/proc/self/fd", (folder) => readdirSync(folder).length)

const read = <A>(path: string, by: (path: string) => A): A | undefined => {
  try {
    return by(path)
  } catch {
    return undefined
  }
}

/** Descriptors for what is no connection: the log, metrics, and what Node itself has open. */
const reservedDescriptors = 40

/** How many connections fit into the descriptors that there are; at least one. */
export const connectionsAmong = (wanted: number, descriptors = mostDescriptors()): number =>
  descriptors === undefined
    ? wanted
    : Math.max(1, Math.min(wanted, descriptors - reservedDescriptors))

/** How much of the heap registers may take; the rest is for what is under way. */
const shareOfHeap = 0.5
/**
 * What of the limit of the heap is for what is young, with Node as it comes: three semi-spaces of
 * 64 MiB.
 */
const youngBytes = 192 * 2 ** 20

/** The heap that there is for what lasts. */
export const lastingHeapBytes = (): number => {
  const limit = getHeapStatistics().heap_size_limit
  return Math.max(limit / 4, limit - youngBytes)
}

/**
 * The memory that registers may take, if nothing is said: a share of what Node has for its heap.
 */
export const registersFitInBytes = (): number => Math.floor(shareOfHeap * lastingHeapBytes())

/**
 * How much room the disk of a folder has: in all, and for this process. Undefined where that cannot
 * be asked.
 */
export const roomOnDisk = (
  folder: string,
  then: (room: { readonly bytes: number; readonly freeBytes: number } | undefined) => void
): void => {
  statfs(folder, (error, found) =>
    then(
      error === null
        ? { bytes: found.blocks * found.bsize, freeBytes: found.bavail * found.bsize }
        : undefined
    )
  )
}
