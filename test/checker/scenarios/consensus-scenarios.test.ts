import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("consensus")
