/**
 * How many random cases a law is tried on. The suite takes an eighth of what the long tests would
 * like, the same every time (`setup.ts`); `npm run bench -- laws` takes all.
 */
export const drawsAll = process.env.QUORATE_DRAWS === "all"

const share = drawsAll ? 1 : 1 / 8

export const draws = (most: number): number => Math.ceil(most * share)
