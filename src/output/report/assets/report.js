// The page: what it holds is drawn, and drawn anew when its size or its colours change.
const tip = document.getElementById("tip");
// Whose it is: only who shows it hides it, as one chart may be left after the next has been entered.
let whose = null;
function showTip(owner, text, x, y) {
  whose = owner;
  tip.textContent = text;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
  tip.style.left = Math.max(4, left) + "px";
  tip.style.top = Math.max(4, Math.min(innerHeight - height - 4, y - height - 8)) + "px";
}
function hideTip(owner) {
  if (whose === owner) tip.hidden = true;
}

const held = JSON.parse(document.getElementById("data").textContent);
const drawn = [];
for (const plot of document.querySelectorAll(".plot")) {
  const chart = held.charts[plot.dataset.chart];
  drawn.push(plot.dataset.kind === "network" ? new Network(plot, chart) : new Lines(plot, chart, held.runs));
}

// Charts of marks: what a mark says, under the pointer and by the arrow keys.
for (const svg of document.querySelectorAll("svg.drawing")) {
  const marks = [...svg.querySelectorAll("[data-tip]")], read = svg.closest("figure").querySelector(".read");
  let now = -1;
  const tell = (mark, show) => {
    marks.forEach(other => other.classList.toggle("on", other === mark));
    read.textContent = mark.dataset.tip;
    const box = mark.getBoundingClientRect();
    if (show) showTip(svg, mark.dataset.tip, box.left + box.width / 2, box.top);
  };
  marks.forEach((mark, k) => {
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", mark.dataset.tip);
    mark.addEventListener("pointerenter", () => { now = k; tell(mark, true); });
    mark.addEventListener("pointerleave", () => hideTip(svg));
  });
  svg.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") return hideTip(svg);
    if (!step || !marks.length) return;
    event.preventDefault();
    now = now < 0 ? (step > 0 ? 0 : marks.length - 1) : (now + step + marks.length) % marks.length;
    tell(marks[now], true);
  });
  svg.addEventListener("blur", () => hideTip(svg));
}

// Colours: as the system, light, or dark.
const themes = ["system", "light", "dark"], button = document.getElementById("theme");
function redraw() {
  for (const one of drawn) one.draw();
}
function theme(name) {
  const root = document.documentElement;
  name === "system" ? root.removeAttribute("data-theme") : root.setAttribute("data-theme", name);
  button.textContent = "Colours: " + (name === "system" ? "as the system" : name);
  button.dataset.is = name;
}
let kept = "system";
try {
  kept = localStorage.getItem("tetraswarm-theme") || "system";
} catch (error) {
  // A browser that keeps nothing for files begins as the system says.
}
theme(themes.includes(kept) ? kept : "system");
if (kept !== "system") redraw();
button.hidden = false;
button.addEventListener("click", () => {
  const next = themes[(themes.indexOf(button.dataset.is) + 1) % themes.length];
  theme(next);
  redraw();
  try {
    localStorage.setItem("tetraswarm-theme", next);
  } catch (error) {
    // Then it is as the system says the next time.
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) {
    width = innerWidth;
    for (const one of drawn) one.resize();
  }
});
// On paper it is black on white.
addEventListener("beforeprint", () => { document.documentElement.setAttribute("data-theme", "light"); redraw(); });
addEventListener("afterprint", () => { theme(button.dataset.is); redraw(); });
document.documentElement.dataset.ready = String(drawn.length);
