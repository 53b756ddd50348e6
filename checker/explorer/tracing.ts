/**
 * Which functions of the specification a step calls.
 *
 * The build of the explorer wraps every function of `spec/` so that it reports its number to a
 * global list while there is one. The specification's own text contains none of this; without that
 * build, nothing is reported.
 */

/** The name of the global under which the wrapped functions look for the list. */
export const callList = "quorateCalls"

type Reporting = { [callList]?: Array<number> | undefined }

/**
 * The result of `act`, and the numbers of the functions that it called, in the order of the calls.
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
