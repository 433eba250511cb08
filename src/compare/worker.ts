import { serve } from "../workers/serve.js";
import { trainByAny } from "./peer-training.js";

serve(trainByAny);
