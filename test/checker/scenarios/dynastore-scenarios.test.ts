import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("dynastore")
