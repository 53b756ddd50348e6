import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("weak-snapshot")
