/**
 * The number of random cases for each law. The suite takes a twelfth of the full number, or a
 * smaller part, the same cases every time (`setup.ts`); `npm run bench -- laws` takes all.
 */
export const drawsAll = process.env.QUORATE_DRAWS === "all"

export const draws = (most: number, parts = 12): number =>
  drawsAll ? most : Math.ceil(most / parts)
