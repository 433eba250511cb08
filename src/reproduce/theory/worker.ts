import { serve } from "../../workers/serve.js";
import { measureGrowth } from "./measure.js";

serve(measureGrowth);
