import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("forgetting")
