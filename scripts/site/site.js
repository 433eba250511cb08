/**
 * What a page of the site does beyond showing its text: the search, whose index is loaded when it is first wanted, a
 * hint on pages of older versions, and scrolling by key of what is wider than the page.
 */
const { base, version } = document.body.dataset;
const byId = (id) => document.getElementById(id);
const [input, found, count, hits] = ["search", "found", "count", "hits"].map(byId);
/** So many hits are shown. */
const MOST = 12;

function load(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${base}/assets/${name}`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} cannot be loaded`));
    document.head.append(script);
  });
}

let loading;
/** The search, loaded once; a load that failed is tried again. */
function searcher() {
  loading ??= Promise.all([load("minisearch.js"), load("search-index.js")])
    .then(() => window.MiniSearch.loadJSON(window.searchIndex.index, window.searchIndex.options))
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function hit({ page, heading, to, start }) {
  const [row, link, title, text] = ["li", "a", "strong", "span"].map((name) => document.createElement(name));
  link.href = `${base}/${to}`;
  title.textContent = heading === page ? page : `${page} › ${heading}`;
  text.textContent = start;
  link.append(title, text);
  row.append(link);
  return row;
}

async function look() {
  const words = input.value.trim();
  found.hidden = words === "";
  if (found.hidden) return;
  try {
    const all = (await searcher()).search(words);
    if (input.value.trim() !== words) return; // another word has been typed since
    count.textContent = all.length === 0 ? `nothing has “${words}”` : `${all.length} found`;
    hits.replaceChildren(...all.slice(0, MOST).map(hit));
  } catch (error) {
    count.textContent = error.message;
  }
}

function close() {
  input.value = "";
  found.hidden = true;
  input.focus();
}

/** Up and down go through the hits, from the field and back to it. */
function move(event) {
  const stops = [input, ...hits.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close();
  else if (event.key === "Enter" && at === 0) stops[1]?.click();
  else if (step && stops[at + step]) stops[at + step].focus();
  else return;
  event.preventDefault();
}

const search = document.querySelector(".search");
search.hidden = false;
search.addEventListener("keydown", move);
input.addEventListener("input", look);
input.addEventListener("focus", () => {
  searcher().catch(() => {}); // said when something is looked for
  look();
});
search.addEventListener("focusout", ({ relatedTarget }) => {
  if (!search.contains(relatedTarget)) found.hidden = true;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input")) return;
  event.preventDefault();
  input.focus();
});

const [latest] = window.versions ?? [version];
if (latest !== version) {
  const link = document.createElement("a");
  link.href = `${base}/../${latest}/index.html`;
  link.textContent = `the latest is ${latest}`;
  byId("older").append(`This is version ${version}; `, link, ".");
  byId("older").hidden = false;
}

const contents = document.querySelector(".contents");
const wide = matchMedia("(min-width: 1200px)");
function adapt() {
  if (contents) contents.open = wide.matches;
  for (const box of document.querySelectorAll(".scroll"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
}
wide.addEventListener("change", adapt);
addEventListener("resize", adapt);
adapt();
