/**
 * The number of random cases for each law. The suite takes a twelfth of the full number, the same
 * cases every time (`setup.ts`); `npm run bench -- laws` takes all.
 */
export const drawsAll = process.env.QUORATE_DRAWS === "all"

const share = drawsAll ? 1 : 1 / 12

export const draws = (most: number): number => Math.ceil(most * share)
