/**
 * The number of random cases for each law. The suite takes an eighth of the full number, the same
 * cases every time (`setup.ts`); `npm run bench -- laws` takes all.
 */
export const drawsAll = process.env.QUORATE_DRAWS === "all"

const share = drawsAll ? 1 : 1 / 8

export const draws = (most: number): number => Math.ceil(most * share)
