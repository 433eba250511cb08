/** The live page as it is served. */
import { CURVES } from "../report/document.js";
import { bundle } from "../serve/bundle.js";
import { type ServedPage, servedPage } from "../serve/page.js";
import { fillPage, readPage } from "../serve/template.js";

export function livePage(): ServedPage {
  const script = bundle(new URL("./page/main.js", import.meta.url));
  const style = `${readPage("report/style.css")}${CURVES}${readPage("view/view.css")}`;
  return servedPage(fillPage("view/view.html", { style, script }), [script]);
}
