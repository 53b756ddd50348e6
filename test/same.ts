/**
 * An assertion for loops that compare a hundred thousand times.
 */
import { isDeepStrictEqual } from "node:util"
import { expect } from "vitest"

/** `expect(actual).toEqual(expected)`: it decides, and words the failure, where the two differ. */
export const expectSame = (actual: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected)
}
