import { serve } from "../workers/serve.js";
import { trainOnce } from "./figure3-training.js";

serve(trainOnce);
