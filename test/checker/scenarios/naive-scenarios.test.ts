import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("naive")
