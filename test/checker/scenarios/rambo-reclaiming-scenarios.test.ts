import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("rambo-reclaiming")
