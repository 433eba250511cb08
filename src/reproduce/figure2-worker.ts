import { serve } from "../workers/serve.js";
import { trainOnce } from "./figure2-training.js";

serve(trainOnce);
