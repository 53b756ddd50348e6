import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("membership")
