/* What the page does by itself: charts, copying, saving. Written for this project. Apache-2.0.
   No value of the rows ever becomes markup here: only textContent is set. */
"use strict";

(function () {
  const FONT = '"Noto Sans Arabic", system-ui, sans-serif';
  const QUADS = ["material_conflict", "verbal_conflict", "verbal_cooperation", "material_cooperation"];
  const ANTARCTICA = "010"; /* no news, and a third of the paper */
  const page = document.documentElement;
  const rtl = page.dir === "rtl";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = innerWidth < 640;
  const inReport = document.body.hasAttribute("data-report");

  function colour(name) {
    return getComputedStyle(page).getPropertyValue("--" + name).trim();
  }

  function digits(text) {
    if (page.dataset.digits !== "arab") return String(text);
    return String(text).replace(/[0-9]/g, (d) => "٠١٢٣٤٥٦٧٨٩"[d]);
  }

  /* A tooltip as elements: its first line bold, the others below it. */
  function tip(lines) {
    const box = document.createElement("div");
    box.className = "tip";
    box.dir = page.dir;
    lines.filter(Boolean).forEach((line, at) => {
      const part = document.createElement(at ? "div" : "b");
      part.textContent = digits(line);
      box.append(part);
    });
    return box;
  }

  function common() {
    return {
      animation: !still && !inReport,
      animationDuration: 300,
      textStyle: { fontFamily: FONT, color: colour("ink") },
      tooltip: {
        backgroundColor: colour("paper"),
        borderColor: colour("line"),
        textStyle: { color: colour("ink"), fontFamily: FONT },
        confine: true,
      },
      useUTC: true,
    };
  }

  function axis(more) {
    return Object.assign({
      axisLine: { lineStyle: { color: colour("muted") } },
      axisTick: { show: false },
      axisLabel: { color: colour("muted"), fontFamily: FONT, formatter: (value) => digits(value) },
      splitLine: { lineStyle: { color: colour("line") } },
    }, more);
  }

  /* An axis of times, in UTC; it runs from the right where lines do. */
  function times() {
    return axis({
      type: "time", inverse: rtl, boundaryGap: ["3%", "3%"], splitLine: { show: false },
      axisLabel: {
        color: colour("muted"), fontFamily: FONT, hideOverlap: true,
        alignMinLabel: rtl ? "right" : "left", alignMaxLabel: rtl ? "left" : "right",
        formatter: (value) => digits(new Date(value).toISOString().slice(5, 16).replace("T", " ")),
      },
    });
  }

  const KINDS = {
    time(data) {
      const colours = data.stacked ? QUADS.map(colour) : [colour("accent"), colour("verbal_conflict")];
      return Object.assign(common(), {
        color: colours,
        grid: { left: 8, right: 8, top: narrow && data.stacked ? 60 : 44, bottom: 8, containLabel: true },
        legend: { data: rtl ? data.series.map((each) => each.name).reverse() : undefined, top: 0, [rtl ? "right" : "left"]: 0, textStyle: { color: colour("ink"), fontFamily: FONT }, icon: "roundRect", itemWidth: 12, itemHeight: 12 },
        tooltip: Object.assign(common().tooltip, {
          trigger: "axis",
          axisPointer: { type: "shadow" },
          formatter: (items) => tip([items[0].axisValue].concat(
            items.filter((item) => item.value).map((item) => item.seriesName + ": " + item.value))),
        }),
        xAxis: axis({
          type: "category", inverse: rtl, splitLine: { show: false },
          data: data.days.map((day) => (data.unit === "MONTH" ? day.slice(0, 7) : data.unit === "YEAR" ? day.slice(0, 4) : day)),
          axisLabel: {
            color: colour("muted"), fontFamily: FONT, formatter: (value) => digits(value), hideOverlap: true,
            alignMinLabel: rtl ? "right" : "left", alignMaxLabel: rtl ? "left" : "right",
          },
        }),
        yAxis: axis({ type: "value", minInterval: 1, position: rtl ? "right" : "left" }),
        series: data.series.map((each) => ({
          type: "bar", name: each.name, data: each.values, stack: data.stacked ? "all" : undefined,
          barMaxWidth: 22, barMinHeight: 0, barGap: "10%",
        })),
      });
    },

    map(data) {
      return Object.assign(common(), {
        tooltip: Object.assign(common().tooltip, {
          trigger: "item",
          formatter: (item) => item.data && item.data.members ? tip(told(item.data.members, data.words)) : "",
        }),
        geo: Object.assign({
          map: "world", roam: inReport ? false : true, silent: true, scaleLimit: { min: 1, max: 1000 },
          itemStyle: { areaColor: colour("paper"), borderColor: colour("line"), borderWidth: 0.8 },
        }, view(data.points)),
        series: [{ type: "scatter", coordinateSystem: "geo", data: [], cursor: "pointer" }],
      });
    },

    network(data) {
      const most = Math.max(1, ...data.nodes.map((node) => node.n));
      const thick = Math.max(1, ...data.links.map((link) => link.n));
      return Object.assign(common(), {
        tooltip: Object.assign(common().tooltip, {
          formatter: (item) => item.dataType === "edge"
            ? tip([item.data.names.join(rtl ? " ← " : " → "), data.words.incidents + ": " + item.data.n])
            : tip([item.data.name, data.words.incidents + ": " + item.data.n]),
        }),
        series: [{
          type: "graph", layout: "circular", circular: { rotateLabel: true }, roam: !inReport,
          left: narrow ? "23%" : "18%", right: narrow ? "23%" : "18%", top: "19%", bottom: "19%",
          edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7,
          label: { show: true, position: "right", color: colour("ink"), fontFamily: FONT, fontSize: narrow ? 10 : 12 },
          emphasis: { focus: "adjacency" },
          data: data.nodes.map((node) => ({
            id: node.id, name: node.name, n: node.n, symbolSize: (6 + 24 * Math.sqrt(node.n / most)) * (narrow ? 0.5 : 1),
            itemStyle: { color: colour("accent") },
          })),
          links: data.links.map((link) => ({
            source: link.from, target: link.to, n: link.n,
            names: [link.from, link.to].map((id) => data.nodes.find((node) => node.id === id).name),
            lineStyle: {
              width: 1 + 5 * Math.sqrt(link.n / thick), curveness: 0.22, opacity: 0.7,
              color: colour(link.conflict >= 0.5 ? "material_conflict" : "verbal_cooperation"),
            },
          })),
        }],
      });
    },

    steps(data) {
      const line = (name, key, dashed) => ({
        type: "line", step: "end", name, symbolSize: 8, data: data.steps.map((step) => [step.at, step[key], step.who]),
        lineStyle: { width: 2, type: dashed ? "dashed" : "solid" },
      });
      return Object.assign(common(), {
        color: [colour("material_conflict"), colour("verbal_conflict")],
        grid: { left: 8, right: 24, top: 16, bottom: 8, containLabel: true },
        tooltip: Object.assign(common().tooltip, {
          trigger: "item", formatter: (item) => tip([item.value[2], data.name + ": " + item.value[1]]),
        }),
        xAxis: times(),
        yAxis: axis({ type: "value", minInterval: 1, position: rtl ? "right" : "left" }),
        series: [line(data.name, "least", false), line(data.name, "most", true)],
      });
    },

    spread(data) {
      const who = Array.from(new Set(data.points.map((point) => point.who)));
      return Object.assign(common(), {
        grid: { left: 8, right: 24, top: 12, bottom: 8, containLabel: true },
        tooltip: Object.assign(common().tooltip, {
          formatter: (item) => tip([item.data.point.name, item.data.point.who, "+ " + item.data.point.lag]),
        }),
        xAxis: times(),
        yAxis: axis({ type: "category", data: who, inverse: true, position: rtl ? "right" : "left" }),
        series: [
          { type: "line", data: data.points.map((point) => [point.at, point.who]), symbol: "none",
            lineStyle: { color: colour("muted"), width: 1, type: "dashed" }, silent: true },
          { type: "scatter", cursor: "pointer", data: data.points.map((point, at) => ({
            value: [point.at, point.who], point, symbolSize: at ? 13 : 20,
            itemStyle: { color: colour(at ? "accent" : "material_conflict") } })) },
        ],
      });
    },
  };

  function sum(members, key) {
    return members.reduce((total, each) => total + each[key], 0);
  }

  /* What a circle of a map stands for. */
  function told(members, words) {
    const dead = sum(members, "dead");
    const lines = [words.incidents + ": " + sum(members, "n"), dead ? words.dead + ": " + dead : ""];
    if (members.length === 1) return [members[0].name].concat(lines);
    const most = members.slice(0, 6).map((each) => each.name + ": " + each.n);
    return [words.places + ": " + members.length].concat(lines, most, members.length > 6 ? "…" : "");
  }

  /* The circles of a map as it lies now: what is near each other on the paper is one. */
  function circles(chart, data) {
    const found = rasdPlaces.together(data.points, (at) => chart.convertToPixel("geo", at));
    const most = Math.max(1, ...found.map((each) => sum(each.members, "n")));
    const series = found.map(({ seed, members }) => {
      const n = sum(members, "n");
      const label = digits(n < 10000 ? n : Math.round(n / 1000) + "k");
      const several = members.length > 1;
      const size = Math.max(8 + (rasdPlaces.NEAR - 10) * Math.sqrt(n / most), several ? 13 + 6 * label.length : 0);
      const ring = colour("verbal_conflict");
      return {
        name: seed.name, value: seed.at.concat(n), members, symbolSize: Math.min(size, rasdPlaces.NEAR),
        point: several ? undefined : seed,
        itemStyle: seed.ring
          ? { color: "transparent", borderColor: ring, borderWidth: several ? 3 : 2, borderType: several ? "double" : "solid" }
          : { color: colour("accent"), opacity: several ? 1 : 0.85, borderColor: colour("paper"), borderWidth: several ? 2 : 1 },
        label: {
          show: size >= 13 + 6 * label.length, formatter: label, fontFamily: FONT, fontSize: 11, fontWeight: 600, offset: [0, 1],
          color: seed.ring ? ring : colour("paper"),
        },
      };
    });
    /* Great ones below small ones, and rings, which hide nothing, on top. */
    series.sort((a, b) => Boolean(a.members[0].ring) - Boolean(b.members[0].ring) || b.symbolSize - a.symbolSize);
    chart.setOption({ series: [{ data: series }] });
  }

  /* A circle of several places is looked at more closely; where even that does not take them apart, as
     places that lie on one another, the table below names them. */
  function closer(box, chart, data, members) {
    const { zoom } = chart.getOption().geo[0];
    const at = [0, 1].map((axis) => members.reduce((total, each) => total + each.at[axis], 0) / members.length);
    if (rasdPlaces.width(members) > 0.02 && zoom < 900) {
      chart.setOption({ geo: { center: at, zoom: Math.min(zoom * 2.5, 1000) } });
      circles(chart, data);
      return;
    }
    const table = box.closest(".panel").querySelector("details.values");
    table.open = true;
    table.scrollIntoView({ block: "nearest" });
    table.querySelector("summary").focus();
  }

  /* The part of the world in which the middle nine tenths of the places lie. */
  function view(points) {
    if (!points.length) return { center: [40, 26], zoom: 4 };
    const middle = (values) => {
      const sorted = values.slice().sort((a, b) => a - b);
      const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
      return [at(0.04), at(0.96)];
    };
    const [west, east] = middle(points.map((point) => point.at[0]));
    const [south, north] = middle(points.map((point) => point.at[1]));
    const zoom = Math.min(360 / Math.max(east - west + 12, 14), 140 / Math.max(north - south + 12, 12));
    return { center: [(west + east) / 2, (south + north) / 2], zoom: Math.max(1, Math.min(zoom, 14)) };
  }

  /* A ring that crosses the antimeridian goes on beyond it, instead of back around the world. */
  function unbroken(ring) {
    let turn = 0;
    const line = ring.map(([x, y], at) => {
      const step = at ? x - ring[at - 1][0] : 0;
      if (Math.abs(step) > 180) turn -= 360 * Math.sign(step);
      return [x + turn, y];
    });
    return line.some(([x]) => x < -180) ? line.map(([x, y]) => [x + 360, y]) : line;
  }

  function onPaper(country) {
    const { type, coordinates } = country.geometry;
    const parts = type === "Polygon" ? [coordinates] : coordinates;
    const whole = parts.map((rings) => rings.map(unbroken));
    return Object.assign({}, country, { geometry: { type: "MultiPolygon", coordinates: whole } });
  }

  let world = null;
  function withWorld() {
    if (!world) {
      const given = document.getElementById("world");
      world = (given ? Promise.resolve(JSON.parse(given.textContent))
        : fetch("/static/vendor/world-atlas/countries-50m.json").then((answer) => answer.json()))
        .then((atlas) => {
          const countries = topojson.feature(atlas, atlas.objects.countries);
          const drawn = countries.features.filter((each) => each.id !== ANTARCTICA).map(onPaper);
          echarts.registerMap("world", { type: "FeatureCollection", features: drawn });
        });
    }
    return world;
  }

  function draw(box) {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = echarts.getInstanceByDom(box)
      || echarts.init(box, null, { renderer: inReport ? "svg" : "canvas" });
    chart.setOption(KINDS[data.kind](data), true);
    chart.off("click");
    chart.off("georoam");
    if (data.kind === "map") {
      box.circles = () => circles(chart, data);
      box.circles();
      let waiting = 0; /* once a frame is often enough */
      chart.on("georoam", () => {
        cancelAnimationFrame(waiting);
        waiting = requestAnimationFrame(box.circles);
      });
    }
    chart.on("click", (item) => {
      const members = item.data && item.data.members;
      if (!inReport && members && members.length > 1) return closer(box, chart, data, members);
      const href = item.data && item.data.point && item.data.point.href;
      if (!inReport && typeof href === "string" && href.startsWith("/")) location.assign(href);
    });
    box.dataset.drawn = "yes";
  }

  function drawAll(root) {
    const boxes = Array.from(root.querySelectorAll("[data-chart]"));
    if (!boxes.length) return;
    const undrawn = () => boxes.forEach((box) => { box.textContent = box.dataset.undrawn; });
    if (typeof echarts === "undefined") return undrawn();
    /* Text on a canvas does not change its font by itself. */
    const fonts = Promise.all(["400 1em", "600 1em"].map((size) => document.fonts.load(size + " " + FONT, "رصد a")))
      .catch(() => null); /* another one does */
    const mapped = boxes.some((box) => box.classList.contains("map"));
    Promise.all([fonts, mapped ? withWorld() : null]).then(() => boxes.forEach(draw)).catch((error) => {
      world = null;
      undrawn();
      throw error;
    });
  }

  /* A text, whole. Browsers give the clipboard to loopback and to https only: elsewhere it is marked
     and copied as by hand, and stays marked where even that is refused. */
  function copy(box) {
    if (navigator.clipboard) return navigator.clipboard.writeText(box.textContent).then(() => true);
    getSelection().selectAllChildren(box);
    return Promise.resolve(document.execCommand("copy"));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy], button[data-image], button[data-picture]");
    if (!button) return;
    if (button.dataset.copy) {
      copy(document.getElementById(button.dataset.copy)).then((done) => {
        if (done) button.textContent = button.dataset.done;
      });
      return;
    }
    if (button.dataset.picture) {
      const key = button.dataset.picture;
      rasdPicture.of(document.getElementById(key)).then(({ href, ending }) => save(href, key + "." + ending));
      return;
    }
    const chart = echarts.getInstanceByDom(document.querySelector('[data-chart="' + button.dataset.image + '"]'));
    if (chart) save(chart.getDataURL({ pixelRatio: 2, backgroundColor: colour("paper") }), button.dataset.image + ".png");
  });

  function save(href, name) {
    const link = document.createElement("a");
    link.href = href;
    link.download = "rasd-" + name;
    link.click();
  }

  /* One panel's query is open at a time. */
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches("details.tools") || !event.target.open) return;
    document.querySelectorAll("details.tools[open]").forEach((each) => {
      if (each !== event.target) each.open = false;
    });
  }, true);

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details.tools[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  /* What cannot be put into the page is asked for as a page: that tells what is wrong. */
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) => {
    document.addEventListener(name, (event) => location.assign(event.detail.pathInfo.finalRequestPath));
  });

  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    document.querySelectorAll("[data-drawn]").forEach((box) => {
      if (!box.clientWidth || !box.clientHeight) return;
      echarts.getInstanceByDom(box).resize();
      if (box.circles) box.circles();
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target.parentNode || document));
  drawAll(document);
})();
