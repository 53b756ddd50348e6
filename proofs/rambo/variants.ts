import { type ModelledProtocol } from "../induction/variant.ts"
import { rambo } from "./model.ts"
export const protocol: ModelledProtocol = {
  name: rambo.name,
  about: rambo.about,
  variants: [
    { name: "correct", about: ".", model: rambo, breaks: [] },
]}
