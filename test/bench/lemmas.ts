/**
 * Tries the lemmas of `proofs/reductions.md` on all small systems (`test/proofs/reductions/`), and
 * on every seventh of them with more initial messages: `npm run bench -- lemmas`. The bench fails
 * if a reduction breaks its lemma. It also fails if a reduction with a part of its assumption
 * removed is never wrong.
 */
import { tryAll } from "../proofs/reductions/exploring.ts"
import { brokenTwins, reductions } from "../proofs/reductions/rules.ts"

const runs = [
  { start: [1, 1], every: 1 },
  { start: [2, 2], every: 7 }
] as const

export const lemmas = (): void => {
  const wrong = new Map<string, number>()
  for (const { start, every } of runs) {
    const { systems, tried } = tryAll([...reductions, ...brokenTwins], start, every)
    console.log(`${systems} systems, with ${start.join(" and ")} requests at the beginning`)
    for (const [name, { applied, smaller, differs }] of tried) {
      console.log(`  ${name}: may be used in ${applied}, is in ${smaller}, wrong in ${differs}`)
      wrong.set(name, (wrong.get(name) ?? 0) + differs)
    }
  }
  const isAsExpected = [...wrong].every(
    ([name, count]) => count > 0 === brokenTwins.some((one) => one.name === name)
  )
  if (!isAsExpected) process.exitCode = 1
}
