// Series over ticks, on canvases of uPlot's: with events, a legend that hides series, values under the pointer and the arrow keys, and
// a table of what is drawn.
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 4], [2, 6], [8, 2, 2, 2, 2, 2]];
const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });
const short = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4, notation: "compact" });
const shown = value => (value == null ? "not known" : number.format(value).replace("-", "\u2212"));
const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const make = (tag, attributes = {}, text) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

// A figure of a run as [ticks, values].
function series(run, name) {
  const figure = run.figures[name];
  if (!figure) return [[], []];
  const ticks = figure.x || run.ticks || [];
  return [ticks, figure.y || ticks.map(() => figure.c)];
}

class Lines {
  constructor(plot, chart, runs) {
    this.plot = plot;
    this.runs = runs;
    this.figure = plot.closest("figure");
    this.read = this.figure.querySelector(".read");
    this.hidden = new Set();
    if (chart.any) {
      const choose = this.figure.querySelector(".choose");
      choose.addEventListener("change", () => this.any(choose.value));
      this.chart = {};
      this.any(choose.value);
    } else {
      this.chart = chart;
      this.draw();
    }
    plot.addEventListener("keydown", event => this.key(event));
    plot.addEventListener("blur", () => this.uplot && this.uplot.setCursor({ left: -10, top: -10 }));
    const details = this.figure.querySelector("details.behind");
    details.addEventListener("toggle", () => details.open && this.table(details.querySelector(".filled")));
  }

  any(name) {
    const of = this.runs.map((run, k) => [k, name, this.runs.length > 1 ? run.label : name]).filter(([k]) => this.runs[k].figures[name]);
    const unit = of.length ? this.runs[of[0][0]].figures[name].unit : "";
    this.chart = { series: of, unit };
    this.hidden.clear();
    this.draw();
    const details = this.figure.querySelector("details.behind");
    if (details.open) this.table(details.querySelector(".filled"));
  }

  data() {
    const each = this.chart.series.map(([run, name]) => series(this.runs[run], name));
    // Gaps stay gaps; ticks that only other series have are skipped.
    return each.length > 1 ? uPlot.join(each, each.map(() => [null, 2])) : each[0] || [[], []];
  }

  draw() {
    if (this.uplot) this.uplot.destroy();
    const chart = this.chart, plot = this.plot, data = this.data();
    const number_ = value => Math.abs(value) < 1e5 ? shown(value) : short.format(value).replace("-", "\u2212");
    const axis = { stroke: colour("grey"), grid: { stroke: colour("grid"), width: 1 }, ticks: { stroke: colour("grid") }, font: "12px system-ui" };
    const events = held.events || [];
    this.uplot = new uPlot({
      width: Math.max(240, plot.clientWidth), height: plot.clientWidth < 480 ? 240 : 300,
      legend: { show: false }, scales: { x: { time: false } }, cursor: { drag: { x: true, y: false, uni: 20 }, points: { size: 7 } },
      axes: [{ ...axis, space: 70, size: 32, values: (_, all) => all.map(number_) },
        { ...axis, size: 62, values: (_, all) => all.map(value => value == null ? "" : number_(value)) }],
      series: [{}].concat(chart.series.map(([, , label], k) => ({
        label, stroke: colour("s" + k % 8), width: 2, dash: dashes[k % 8], show: !this.hidden.has(k),
        points: { show: data[0].length <= 24, size: 6 } }))),
      hooks: {
        setCursor: [uplot => this.tell(uplot)],
        draw: [uplot => this.mark(uplot, events)],
      },
    }, data, plot);
    plot.querySelector("canvas").setAttribute("aria-hidden", "true");
    plot.uplot = this.uplot;
    this.legend();
  }

  mark(uplot, events) {
    const { ctx, bbox } = uplot, ratio = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("ink");
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    ctx.font = `${12 * ratio}px system-ui`;
    ctx.textAlign = "center";
    events.forEach(([tick], k) => {
      const x = uplot.valToPos(tick, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) return;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillText(String(k + 1), x, bbox.top - 4 * ratio);
    });
    ctx.restore();
  }

  legend() {
    const legend = this.figure.querySelector(".legend");
    legend.replaceChildren(...this.chart.series.map(([, , label], k) => {
      const button = make("button", { type: "button", "aria-pressed": String(!this.hidden.has(k)) });
      button.innerHTML = `<svg viewBox="0 0 32 12" aria-hidden="true"><path d="M0 6H32" fill="none" stroke-width="2.5" class="l-s${k % 8}" ` +
        `stroke-dasharray="${dashes[k % 8].join(" ")}"/></svg>`;
      button.append(make("span", {}, label));
      button.addEventListener("click", () => {
        this.hidden.has(k) ? this.hidden.delete(k) : this.hidden.add(k);
        this.uplot.setSeries(k + 1, { show: !this.hidden.has(k) });
        button.setAttribute("aria-pressed", String(!this.hidden.has(k)));
      });
      return button;
    }));
  }

  at(index) {
    const data = this.uplot.data;
    const lines = this.chart.series.map(([, , label], k) => [label, data[k + 1][index], k]).filter(line => !this.hidden.has(line[2]));
    return { tick: data[0][index], lines: lines.filter(line => line[1] !== undefined) };
  }

  tell(uplot) {
    const index = uplot.cursor.idx;
    if (index == null || !(uplot.cursor.left >= 0)) {
      hideTip(this);
      return;
    }
    const { tick, lines } = this.at(index);
    const text = `tick ${shown(tick)}\n` + lines.map(([label, value]) => `${label}: ${shown(value)}`).join("\n");
    this.read.textContent = text.replace(/\n/g, "; ").replace("; ", ": ");
    const box = uplot.over.getBoundingClientRect();
    showTip(this, text, box.left + uplot.cursor.left, box.top + Math.max(0, uplot.cursor.top));
  }

  key(event) {
    const length = this.uplot.data[0].length;
    if (!length) return;
    const now = this.uplot.cursor.idx == null ? -1 : this.uplot.cursor.idx;
    const step = Math.max(1, Math.round(length / 20));
    const to = { ArrowRight: now + 1, ArrowLeft: now < 0 ? length - 1 : now - 1, PageDown: now + step, PageUp: now - step, Home: 0, End: length - 1 }[event.key];
    if (event.key === "Escape") this.uplot.setCursor({ left: -10, top: -10 });
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.min(length - 1, Math.max(0, to));
    this.uplot.setCursor({ left: Math.max(0, this.uplot.valToPos(this.uplot.data[0][index], "x")), top: 10 });
  }

  table(into) {
    const data = this.uplot.data, unit = this.chart.unit ? `, in ${this.chart.unit}` : "";
    const table = make("table"), head = make("tr"), body = make("tbody");
    table.append(make("caption", {}, `What is drawn${unit}: ${data[0].length} rows`));
    head.append(make("th", { scope: "col", class: "n" }, "tick"), ...this.chart.series.map(one => make("th", { scope: "col", class: "n" }, one[2])));
    data[0].forEach((tick, row) => {
      const line = make("tr");
      line.append(make("th", { scope: "row", class: "n" }, shown(tick)));
      for (let k = 1; k < data.length; k++) line.append(make("td", { class: "n" }, data[k][row] === undefined ? "" : shown(data[k][row])));
      body.append(line);
    });
    const top = make("thead");
    top.append(head);
    table.append(top, body);
    const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of what is drawn" });
    scroll.append(table);
    into.replaceChildren(scroll);
  }

  resize() {
    this.uplot.setSize({ width: Math.max(240, this.plot.clientWidth), height: this.plot.clientWidth < 480 ? 240 : 300 });
  }
}
