// Draws each figure of the page from its data, in the colours of the stylesheet.
"use strict";

(() => {
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const rows = {};

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function colours(prefix, count) {
    return Array.from({ length: count }, (_, index) => colour(`${prefix}-${index + 1}`));
  }

  // Days are local midnights, so that no time zone moves them to the day before.
  function toDay(text) {
    const [year, month, day] = text.split("-").map(Number);
    return new Date(year, month - 1, day);
  }

  function rowsOf(key) {
    if (!rows[key]) {
      const columns = Object.entries(page.data[key].columns);
      rows[key] = Array.from({ length: page.data[key].rows }, (_, index) =>
        Object.fromEntries(
          columns.map(([name, values]) => {
            const value = Array.isArray(values) ? values[index] : values;
            return [name, name.endsWith("_date") && value !== null ? toDay(value) : value];
          }),
        ),
      );
    }
    return rows[key];
  }

  function config() {
    const [ink, soft, line, accent] = ["--ink", "--soft", "--line", "--accent"].map(colour);
    const font = getComputedStyle(document.body).fontFamily;
    const isNarrow = document.body.clientWidth < 700;
    return {
      // What a chart says stands beside it, in words.
      aria: false,
      background: "transparent",
      font,
      view: { stroke: null },
      axis: {
        labelColor: soft,
        titleColor: soft,
        titleFontWeight: "normal",
        labelFontSize: 11,
        titleFontSize: 11,
        domainColor: line,
        tickColor: line,
        gridColor: line,
        gridOpacity: 0.6,
      },
      axisY: { domain: false, ticks: false, minExtent: 48, maxExtent: 140, labelLimit: 130 },
      axisX: { labelLimit: 120 },
      legend: {
        orient: "top",
        labelColor: soft,
        titleColor: soft,
        titleFontWeight: "normal",
        titleOrient: "left",
        labelFontSize: 11,
        titleFontSize: 11,
        symbolSize: 90,
        symbolType: "square",
        symbolStrokeWidth: 0,
        labelLimit: 220,
        symbolBaseFillColor: soft,
        symbolBaseStrokeColor: soft,
        columns: isNarrow ? 2 : 7,
        layout: { top: { direction: isNarrow ? "vertical" : "horizontal", anchor: "start" } },
        offset: 6,
      },
      params: [
        { name: "cash_colour", value: colour("--cash") },
        { name: "rest_colour", value: colour("--rest") },
        ...colours("--series", 8).map((value, index) => {
          return { name: `series_colour_${index + 1}`, value };
        }),
      ],
      range: {
        category: colours("--series", 8),
        ordinal: ["--trend-up", "--trend-flat", "--trend-down"].map(colour),
        diverging: ["--loss", "--paper", "--gain"].map(colour),
        heatmap: ["--paper", "--heat-middle", "--heat"].map(colour),
      },
      style: {
        band: { strokeWidth: 0 },
        bin: { binSpacing: 1 },
        cell: { stroke: colour("--paper"), strokeWidth: 1 },
        "cell-text": { color: ink, fontSize: 11 },
        curve: { color: accent, strokeWidth: 1.4, strokeJoin: "round" },
        estimate: { color: accent, filled: true, size: 60, opacity: 1 },
        faint: { color: soft, strokeWidth: 0.8, opacity: 0.55 },
        interval: { color: accent, strokeWidth: 1.5 },
        fall: { color: colour("--fall"), fillOpacity: 0.3 },
        "fall-line": { color: colour("--fall"), strokeWidth: 1 },
        pointer: { color: soft, strokeWidth: 1 },
        series: { strokeWidth: 1.4 },
        share: { fillOpacity: 0.85, strokeWidth: 0 },
        target: { opacity: 0, filled: true, size: 160 },
        zero: { color: soft, strokeWidth: 0.8, strokeDash: [3, 3] },
      },
    };
  }

  function specificationOf(figure) {
    const specification = structuredClone(window.curvehouseCharts[figure.chart]);
    specification.datasets = Object.fromEntries(
      Object.entries(figure.data).map(([name, key]) => [name, rowsOf(key)]),
    );
    specification.height = figure.height ?? specification.height;
    if (figure.bound !== null) {
      specification.params.find((parameter) => parameter.name === "bound").value = figure.bound;
    }
    return specification;
  }

  async function draw(element) {
    const figure = page.figures[element.dataset.figure];
    element.drawn?.finalize();
    // Vega would take away what the element itself says to screen readers.
    const inner = document.createElement("div");
    element.replaceChildren(inner);
    // The interpreter runs expressions without the evaluation of text that the page forbids.
    element.drawn = await window.vegaEmbed(inner, specificationOf(figure), {
      actions: false,
      ast: true,
      config: config(),
      defaultStyle: false,
      mode: "vega-lite",
      renderer: "svg",
      tooltip: { disableDefaultStyle: true },
    });
  }

  async function drawAll() {
    for (const element of document.querySelectorAll("[data-figure]")) {
      await draw(element);
    }
    document.documentElement.dataset.drawn = dark.matches ? "dark" : "light";
  }

  dark.addEventListener("change", drawAll);
  drawAll();
})();
