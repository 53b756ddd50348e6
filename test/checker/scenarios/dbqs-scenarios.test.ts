import { searchScenariosIn } from "./searches.ts"

searchScenariosIn("dbqs")
