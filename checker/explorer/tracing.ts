/**
 * Which functions of the specification a step calls.
 *
 * When the explorer is built, every function of `spec/` is wrapped so that it reports its number to
 * a global list while there is one. In the specification's text there is nothing of this; where it
 * was not built so, nothing is reported.
 */

/** The name of the global under which the wrapped functions look for the list. */
export const callList = "quorateCalls"

type Reporting = { [callList]?: Array<number> | undefined }

/**
 * What comes of `act`, and the numbers of the functions that it called, in the order of the calls.
 */
export const traced = <A>(
  act: () => A
): { readonly value: A; readonly calls: ReadonlyArray<number> } => {
  const reporting = globalThis as Reporting
  const calls: Array<number> = []
  reporting[callList] = calls
  try {
    return { value: act(), calls: [...new Set(calls)] }
  } finally {
    reporting[callList] = undefined
  }
}
