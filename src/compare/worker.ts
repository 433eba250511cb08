import { serve } from "../workers/serve.js";
import { trainOnce } from "./training.js";

serve(trainOnce);
