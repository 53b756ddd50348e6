import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("majority-registers")
