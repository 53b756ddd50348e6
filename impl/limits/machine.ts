/**
 * The resources that the machine gives this process: descriptors, memory, disk space.
 */
import { readdirSync, readFileSync, statfs } from "node:fs"
import { getHeapStatistics } from "node:v8"

/** The maximum number of open descriptors; undefined if the system does not report it. */
export const maxDescriptors = (): number | undefined => {
  const said = read(
    "/proc/self/limits",
    (file) => /^Max open files\s+(\d+)/m.exec(readFileSync(file, "utf8"))?.[1]
  )
  return said === undefined ? undefined : Number(said)
}

/** The number of open descriptors; undefined if the system does not report it. */
export const openDescriptors = (): number | undefined =>
  read("/proc/self/fd", (folder) => readdirSync(folder).length)

const read = <A>(path: string, by: (path: string) => A): A | undefined => {
  try {
    return by(path)
  } catch {
    return undefined
  }
}

/** Descriptors reserved for the log, metrics, and Node itself. */
const reservedDescriptors = 40

/** The number of connections that fit into the available descriptors; at least one. */
export const connectionsAmong = (wanted: number, descriptors = maxDescriptors()): number =>
  descriptors === undefined
    ? wanted
    : Math.max(1, Math.min(wanted, descriptors - reservedDescriptors))

/** The share of the heap that registers may take; the rest is for work in progress. */
const shareOfHeap = 0.5
/**
 * The part of the heap limit for young objects under Node's default settings: three semi-spaces of
 * 64 MiB.
 */
const youngBytes = 192 * 2 ** 20

/** The size of the heap for long-lived objects. */
export const lastingHeapBytes = (): number => {
  const limit = getHeapStatistics().heap_size_limit
  return Math.max(limit / 4, limit - youngBytes)
}

/** The default limit on the memory of registers: a share of Node's heap. */
export const registersFitInBytes = (): number => Math.floor(shareOfHeap * lastingHeapBytes())

/**
 * The disk space of a folder's file system: in total, and available to this process. Undefined if
 * the system does not report it.
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
