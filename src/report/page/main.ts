/// <reference lib="dom" />
/** The script of a page that is written: without it all is there, but cannot be enlarged. */
import { Explorer } from "./explorer.js";

new Explorer().refresh();
letPause();

/** Gives whoever looks a button for what moves by itself. */
function letPause(): void {
  for (const moving of document.querySelectorAll(".moving")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Pause";
    button.addEventListener("click", () => {
      const pauses = button.textContent === "Pause";
      button.textContent = pauses ? "Play" : "Pause";
      for (const svg of moving.querySelectorAll("svg")) {
        if (pauses) svg.pauseAnimations();
        else svg.unpauseAnimations();
      }
    });
    moving.querySelector("p")?.append(" ", button);
  }
}
