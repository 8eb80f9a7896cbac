// The network at chosen ticks: places and links once, what nodes hold as bytes.
const scale = [[13, 8, 135], [70, 3, 159], [114, 1, 168], [156, 23, 158], [189, 55, 134], [216, 87, 107], [237, 121, 83], [251, 159, 58], [253, 202, 38], [240, 249, 33]];
// On dark paper the darkest are left out.
const onScale = share => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" ? 0.2 : 0;
  const at = (dark + (1 - dark) * Math.min(1, Math.max(0, share))) * (scale.length - 1), below = Math.min(scale.length - 2, Math.floor(at));
  const mixed = scale[below].map((low, k) => Math.round(low + (scale[below + 1][k] - low) * (at - below)));
  return `rgb(${mixed.join()})`;
};
const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const words = text => new Uint16Array(bytes(text).buffer);
const nothing = 255;

// Shapes for values that are few: disc, square, diamond, triangle, ring, cross, bar, plus.
function shape(context, kind, x, y, r) {
  context.beginPath();
  const s = 0.9 * r;
  switch (kind % 8) {
    case 0: context.arc(x, y, r, 0, 7); context.fill(); break;
    case 1: context.fillRect(x - s, y - s, 2 * s, 2 * s); break;
    case 2: context.moveTo(x, y - 1.3 * r); context.lineTo(x + 1.3 * r, y); context.lineTo(x, y + 1.3 * r); context.lineTo(x - 1.3 * r, y); context.fill(); break;
    case 3: context.moveTo(x, y - 1.2 * r); context.lineTo(x + 1.1 * r, y + 0.9 * r); context.lineTo(x - 1.1 * r, y + 0.9 * r); context.fill(); break;
    case 4: context.arc(x, y, 0.8 * r, 0, 7); context.stroke(); break;
    case 5: context.moveTo(x - s, y - s); context.lineTo(x + s, y + s); context.moveTo(x + s, y - s); context.lineTo(x - s, y + s); context.stroke(); break;
    case 6: context.fillRect(x - r, y - 0.4 * r, 2 * r, 0.8 * r); break;
    default: context.moveTo(x - r, y); context.lineTo(x + r, y); context.moveTo(x, y - r); context.lineTo(x, y + r); context.stroke();
  }
}

class Network {
  constructor(plot, data) {
    this.plot = plot;
    this.data = data;
    this.figure = plot.closest("figure");
    this.read = this.figure.querySelector(".read");
    this.canvas = make("canvas", { "aria-hidden": "true" });
    plot.append(this.canvas);
    this.places = words(data.places);
    // In the middle, where it is higher than wide or wider than high.
    this.aside = [0, 1].map(axis => (65535 - this.places.subarray(axis * data.marks, (axis + 1) * data.marks).reduce((a, b) => Math.max(a, b), 0)) / 2);
    this.links = words(data.links);
    this.widths = bytes(data.widths);
    // Children come and go; a child comes after its parent.
    this.children = data.children && { first: data.children.first, parents: words(data.children.parents), there: data.children.there.map(bytes) };
    this.sizes = new Array(data.marks).fill(1);
    if (this.children) this.children.parents.forEach((parent, k) => this.sizes[this.children.first + k] = 0.55 * this.sizes[parent]);
    this.values = data.quantities.map(quantity => quantity.ticks.map(bytes));
    this.slider = this.figure.querySelector(".slider");
    this.choose = this.figure.querySelector(".choose");
    this.out = this.figure.querySelector(".at");
    this.slider.addEventListener("input", () => this.draw());
    this.choose.addEventListener("change", () => this.draw());
    plot.addEventListener("pointermove", event => this.point(event));
    plot.addEventListener("pointerleave", () => hideTip(this));
    plot.addEventListener("keydown", event => this.key(event));
    plot.tetraswarm = this;
    this.draw();
  }

  // What is drawn now.
  get state() {
    return { tick: this.data.ticks[+this.slider.value], quantity: +this.choose.value || 0, marks: this.data.marks, links: this.links.length / 2 };
  }

  at(k) {
    const side = this.side, rim = 0.03 * side, of = 65535;
    const [x, y] = [this.places[k] + this.aside[0], this.places[this.data.marks + k] + this.aside[1]];
    return [rim + (side - 2 * rim) * x / of, side - rim - (side - 2 * rim) * y / of];
  }

  // Whether it is there at the tick that is shown.
  isThere(k) {
    const of = this.children;
    return !of || k < of.first || of.there[+this.slider.value][k - of.first] === 1;
  }

  parent(k) {
    return this.children && k >= this.children.first ? this.children.parents[k - this.children.first] : undefined;
  }

  value(k) {
    const quantity = this.data.quantities[this.state.quantity];
    if (!quantity) return null;
    const byte = this.values[this.state.quantity][+this.slider.value][k];
    return byte === nothing ? null : quantity.low + (quantity.high - quantity.low) * byte / 254;
  }

  // The greatest byte that any tick has: a scale that stays as ticks pass.
  most(quantity) {
    let most = 1;
    for (const tick of this.values[quantity] || []) for (const byte of tick) if (byte !== nothing && byte > most) most = byte;
    return most;
  }

  // Links do not change: they are drawn once for a size and a theme.
  drawLinks(ratio) {
    const layer = document.createElement("canvas");
    layer.width = layer.height = this.canvas.width;
    const context = layer.getContext("2d");
    context.strokeStyle = colour("grey");
    const count = this.links.length / 2;
    context.globalAlpha = Math.min(0.8, Math.max(0.08, 900 / Math.max(1, count)));
    const order = [...Array(count).keys()].sort((a, b) => this.widths[a] - this.widths[b]);
    for (const k of order) {
      const [ax, ay] = this.at(this.links[2 * k]), [bx, by] = this.at(this.links[2 * k + 1]);
      context.lineWidth = (0.4 + 4 * this.widths[k] / 255) * ratio;
      context.beginPath();
      context.moveTo(ax, ay);
      context.lineTo(bx, by);
      context.stroke();
    }
    return layer;
  }

  draw() {
    const ratio = devicePixelRatio, side = Math.round(this.plot.clientWidth * ratio), marks = this.data.marks;
    const theme = colour("paper") + side;
    if (this.theme !== theme) {
      this.canvas.width = this.canvas.height = this.side = side;
      this.theme = theme;
      this.layer = this.drawLinks(ratio);
    }
    const { tick, quantity } = this.state, of = this.data.quantities[quantity];
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    context.drawImage(this.layer, 0, 0);
    // Smaller where there is to be room for children.
    const own = this.children ? this.children.first : marks, share = this.children ? 0.6 : 1;
    const most = this.most(quantity), radius = share * Math.min(9 * ratio, Math.max(1.6 * ratio, 0.3 * side / Math.sqrt(own)));
    this.radius = radius;
    const values = of ? this.values[quantity][+this.slider.value] : null;
    context.lineWidth = 1.5 * ratio;
    const colours = Array.from({ length: 255 }, (_, byte) => onScale(byte / most)), pale = colour("line");
    context.strokeStyle = colour("grey");
    context.lineWidth = 0.6 * ratio;
    for (let k = own; k < marks; k++) if (this.isThere(k)) {
      context.beginPath();
      context.moveTo(...this.at(this.parent(k)));
      context.lineTo(...this.at(k));
      context.stroke();
    }
    context.lineWidth = 1.5 * ratio;
    for (let k = 0; k < marks; k++) if (this.isThere(k)) {
      const [x, y] = this.at(k), byte = values ? values[k] : nothing;
      const size = this.data.counts ? Math.max(0.4, Math.sqrt(this.data.counts[k] / this.data.most)) : this.sizes[k];
      context.fillStyle = context.strokeStyle = byte === nothing ? pale : colours[byte];
      shape(context, of && of.few && byte !== nothing ? byte : 0, x, y, radius * size);
    }
    this.out.textContent = `tick ${shown(tick)}`;
    this.slider.setAttribute("aria-valuetext", `tick ${tick}`);
    if (of) this.key_(of, most);
  }

  key_(of, most) {
    const key = this.figure.querySelector(".key"), unit = of.unit && of.unit !== of.name ? `, ${of.unit}` : "";
    const value = byte => of.low + (of.high - of.low) * byte / 254;
    const parts = [make("span", {}, `${of.name}${unit}:`)];
    if (of.few) {
      for (let byte = 0; byte <= most; byte++) {
        const canvas = make("canvas", { width: 32, height: 32, "aria-hidden": "true", style: "width:1rem;height:1rem;border:0" });
        const context = canvas.getContext("2d");
        context.fillStyle = context.strokeStyle = onScale(byte / most);
        context.lineWidth = 3;
        shape(context, byte, 16, 16, 11);
        const span = make("span");
        span.append(canvas, shown(value(byte)));
        parts.push(span);
      }
    } else {
      const canvas = make("canvas", { width: 224, height: 10, "aria-hidden": "true" }), context = canvas.getContext("2d");
      for (let x = 0; x < 224; x++) {
        context.fillStyle = onScale(x / 223);
        context.fillRect(x, 0, 1, 10);
      }
      parts.push(make("span", {}, shown(value(0))), canvas, make("span", {}, shown(value(most))));
    }
    const values = this.values[this.state.quantity], isPale = (byte, k) => byte === nothing && this.isThere(k);
    if (values && values[+this.slider.value].some(isPale)) parts.push(make("span", {}, "pale: not known"));
    // What a quantity is has no room in the list that it is chosen from.
    if (of.about) parts.push(make("span", {}, of.about));
    key.replaceChildren(...parts);
  }

  words(k) {
    const of = this.data.quantities[this.state.quantity], value = this.value(k);
    const who = this.data.counts ? `${shown(this.data.counts[k])} node${this.data.counts[k] > 1 ? "s" : ""}` : `node ${this.data.names[k]}${this.parent(k) === undefined ? "" : `, child of ${this.data.names[this.parent(k)]}`}`;
    const exact = of && (of.high - of.low === 254);
    const mean = this.data.counts ? "mean " : "";
    return of ? `${who}: ${of.name} ${value == null || exact ? "" : "about "}${value == null ? "" : mean}${shown(value == null ? null : exact ? value : +value.toPrecision(3))}` : who;
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect(), ratio = this.side / box.width;
    const x = (event.clientX - box.left) * ratio, y = (event.clientY - box.top) * ratio;
    let best = -1, least = Math.pow(Math.max(2.5 * this.radius, 10 * ratio), 2);
    for (let k = 0; k < this.data.marks; k++) if (this.isThere(k)) {
      const [px, py] = this.at(k), far = (px - x) ** 2 + (py - y) ** 2;
      if (far < least) [best, least] = [k, far];
    }
    if (best < 0) return hideTip(this);
    this.tell(best);
  }

  tell(k) {
    const box = this.canvas.getBoundingClientRect(), ratio = this.side / box.width, [x, y] = this.at(k);
    this.now = k;
    this.read.textContent = this.words(k);
    showTip(this, this.words(k), box.left + x / ratio, box.top + y / ratio);
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") return hideTip(this);
    if (!step) return;
    event.preventDefault();
    let now = this.now === undefined ? (step > 0 ? -1 : 0) : this.now;
    do now = (now + step + this.data.marks) % this.data.marks; while (!this.isThere(now));
    this.tell(now);
  }

  resize() {
    this.draw();
  }
}
