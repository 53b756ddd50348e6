import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("byzantine")
