// SPDX-License-Identifier: BSD-3-Clause
// Draws the charts of the report that is in this page. Everything else is there without a script.
(function () {
  'use strict';
  const report = JSON.parse(document.getElementById('report').textContent);
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 4], [14, 4]];
  const points = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'cross', 'rectRounded'];
  let drawn = [];

  // As everywhere in the report: three significant digits.
  const short = (n) => Number(n.toPrecision(3)).toLocaleString('en', {
    maximumFractionDigits: 12, minimumSignificantDigits: n === 0 || Math.abs(n) >= 100 ? undefined : 3
  });
  const tick = (n) => Number(n.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 12 });
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const faded = (colour, share) => colour + Math.round(255 * share).toString(16).padStart(2, '0');

  // Bars differ by more than colour: every other series is hatched, each its own way.
  function hatched(colour, kind) {
    if (kind === 0) {
      return colour;
    }
    const tile = document.createElement('canvas');
    tile.width = tile.height = 8;
    const ctx = tile.getContext('2d');
    ctx.fillStyle = faded(colour, .35);
    ctx.fillRect(0, 0, 8, 8);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2.5;
    ctx.beginPath();
    for (const at of [-8, 0, 8]) {
      if (kind % 3 !== 2) {
        ctx.moveTo(at - 1, 9);
        ctx.lineTo(at + 9, -1);
      }
      if (kind % 3 !== 1) {
        ctx.moveTo(at - 1, -1);
        ctx.lineTo(at + 9, 9);
      }
    }
    ctx.stroke();
    return ctx.createPattern(tile, 'repeat');
  }

  // What lies between the quartiles: a band along a line, a whisker at a bar or a lone point.
  const spread = {
    id: 'spread',
    beforeDatasetsDraw(chart) {
      each(chart, (set, along) => set.type === 'line' && bands(chart, set, along));
    },
    afterDatasetsDraw(chart) {
      each(chart, (set, along) => set.type === 'bar' && set.data.forEach((n, i) => n === null ?
        unknown(chart, along(i, [], chart.scales[chart.options.indexAxis === 'y' ? 'x' : 'y'].min)) :
        whisker(chart, along(i, set.low), along(i, set.high), css('--ink'))));
    }
  };

  // Calls back with a function that gives the place of a value of the i-th label.
  function each(chart, draw) {
    const lying = chart.options.indexAxis === 'y';
    const values = chart.scales[lying ? 'x' : 'y'];
    const area = chart.chartArea;
    chart.ctx.save();
    chart.ctx.beginPath();
    chart.ctx.rect(area.left - 6, area.top - 6, area.width + 12, area.height + 12);
    chart.ctx.clip();
    chart.data.datasets.forEach((set, s) => {
      if (chart.isDatasetVisible(s)) {
        const elements = chart.getDatasetMeta(s).data;
        draw(set, (i, list, otherwise) => {
          const at = values.getPixelForValue(list[i] ?? otherwise);
          return lying ? [at, elements[i].y] : [elements[i].x, at];
        });
      }
    });
    chart.ctx.restore();
  }

  // In place of a bar.
  function unknown(chart, [x, y]) {
    chart.ctx.fillStyle = css('--soft');
    chart.ctx.font = '12px ' + Chart.defaults.font.family;
    chart.ctx.textAlign = 'center';
    chart.ctx.textBaseline = 'middle';
    chart.ctx.fillText('?', x + (chart.options.indexAxis === 'y' ? 8 : 0),
      y - (chart.options.indexAxis === 'y' ? 0 : 8));
  }

  function whisker(chart, low, high, colour) {
    const ctx = chart.ctx, across = low[1] === high[1] ? [0, 4] : [4, 0];
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.25;
    ctx.beginPath();
    ctx.moveTo(...low);
    ctx.lineTo(...high);
    for (const [x, y] of [low, high]) {
      ctx.moveTo(x - across[0], y - across[1]);
      ctx.lineTo(x + across[0], y + across[1]);
    }
    ctx.stroke();
  }

  function bands(chart, set, along) {
    const known = set.data.map((n) => n !== null);
    for (let start = 0; start < known.length; start++) {
      let end = start;
      while (known[end] && (end === start || !apart(chart.data.labels, end))) {
        end++;
      }
      if (end === start + 1) {
        whisker(chart, along(start, set.low), along(start, set.high), set.borderColor);
      } else if (end > start) {
        band(chart, set, along, start, end);
      }
      start = Math.max(start, end - (known[end] ? 1 : 0));
    }
  }

  function band(chart, set, along, start, end) {
    const ctx = chart.ctx;
    ctx.fillStyle = faded(set.borderColor, .2);
    ctx.beginPath();
    for (let i = start; i < end; i++) {
      ctx.lineTo(...along(i, set.high));
    }
    for (let i = end; i-- > start;) {
      ctx.lineTo(...along(i, set.low));
    }
    ctx.fill();
  }

  // From numbers to a word, as from 9000 to IMIX, no line leads.
  const apart = (labels, i) => i > 0 && !isNaN(labels[i - 1]) && isNaN(labels[i]);

  // On a logarithmic axis only what is above 0 has a place.
  const placed = (chart, list) => list.map((n) => n === null || (chart.log && n <= 0) ? null : n);

  function dataset(chart, series, s) {
    const colours = css('--series').split(' ');
    const colour = colours[s % colours.length];
    const value = placed(chart, series.value);
    const bound = (list) => list.map((n, i) => n === null || (chart.log && n <= 0) ? value[i] : n);
    return {
      type: chart.kind, label: series.name, data: value,
      low: bound(series.low), high: bound(series.high),
      borderColor: colour, backgroundColor: chart.kind === 'bar' ? hatched(colour, s) : colour,
      clip: 8, segment: { borderColor: (to) => apart(chart.labels, to.p1DataIndex) ? 'transparent' : undefined },
      borderWidth: chart.kind === 'bar' ? 1 : 2.25, borderDash: dashes[s % dashes.length],
      pointStyle: points[s % points.length], pointRadius: 4, pointHoverRadius: 6,
      pointBorderWidth: /star|cross/.test(points[s % points.length]) ? 2 : 1, spanGaps: false, maxBarThickness: 34
    };
  }

  function value_axis(chart, sets) {
    const all = sets.flatMap((set) => set.high.concat(set.low)).filter((n) => n !== null);
    const axis = {
      type: chart.log ? 'logarithmic' : 'linear', beginAtZero: true,
      title: { display: true, text: chart.y, color: css('--soft') },
      grid: { color: css('--grid'), borderColor: css('--line') },
      ticks: { color: css('--soft'), callback: tick, maxTicksLimit: 8 }
    };
    if (chart.log) {
      const ends = all.length > 0 ? all : [1, 10];
      axis.min = floor(Math.min(...ends));
      axis.max = ceiling(Math.max(...ends));
      if (axis.min === axis.max) {
        axis.max *= 10;
      }
      axis.ticks.autoSkip = false;
      axis.afterBuildTicks = (scale) => { scale.ticks = steps(scale.min, scale.max); };
    } else {
      axis.suggestedMax = Math.max(0, ...all);
    }
    return axis;
  }

  const ten = (n) => 10 ** Math.floor(Math.log10(n));
  // The nearest of 1, 2, 5, 10, … below, and above.
  const floor = (n) => ten(n) * [5, 2, 1].find((step) => step <= n / ten(n) * 1.0001);
  const ceiling = (n) => ten(n) * [1, 2, 5, 10].find((step) => step >= n / ten(n) * .9999);

  // 1, 2, 5, 10, …; where they are many, only the powers of ten, or every other of those.
  function steps(least, most) {
    const decades = Math.log10(most / least), list = [];
    const powers = decades > 2.5 ? [1] : [1, 2, 5], apart = decades > 7 ? 2 : 1;
    for (let power = Math.round(Math.log10(ten(least))); 10 ** power <= most * 1.0001; power += apart) {
      list.push(...powers.map((n) => ({ value: Number((n * 10 ** power).toPrecision(3)) })));
    }
    return list.filter((one) => one.value >= least * .9999 && one.value <= most * 1.0001);
  }

  function label_axis(chart, lying) {
    return {
      title: { display: chart.x !== '', text: chart.x, color: css('--soft') },
      grid: { display: false, borderColor: css('--line') },
      ticks: { color: css('--ink'), autoSkip: !lying, maxRotation: lying ? 0 : 60 },
      offset: chart.kind === 'bar' || chart.labels.length === 1
    };
  }

  function figures(item) {
    const { low, high, label } = item.dataset, i = item.dataIndex;
    return `${label}: ${short(item.raw)} (${short(low[i])} to ${short(high[i])})`;
  }

  // Names of bars are read best when the bars lie.
  function draw(chart, c) {
    const canvas = document.getElementById('chart-' + c);
    const lying = chart.kind === 'bar' && (chart.labels.length > 6 ||
      chart.labels.some((label) => label.length > 8));
    const sets = chart.series.map((series, s) => dataset(chart, series, s));
    const axes = lying ? ['x', 'y'] : ['y', 'x'];
    if (lying) {
      canvas.parentNode.style.flex = 'none';
      canvas.parentNode.style.maxHeight = 'none';
      canvas.parentNode.style.height = 110 + chart.labels.length * (12 + 17 * sets.length) + 'px';
    }
    return new Chart(canvas, {
      type: chart.kind,
      data: { labels: chart.labels, datasets: sets },
      plugins: [spread],
      options: {
        indexAxis: lying ? 'y' : 'x', responsive: true, maintainAspectRatio: false,
        animation: false, interaction: { mode: 'index', intersect: false, axis: lying ? 'y' : 'x' },
        scales: { [axes[0]]: value_axis(chart, sets), [axes[1]]: label_axis(chart, lying) },
        plugins: {
          legend: {
            display: sets.length > 1, position: 'bottom',
            labels: {
              color: css('--ink'), padding: 14,
              usePointStyle: chart.kind === 'line', boxWidth: 22,
              boxHeight: chart.kind === 'line' ? 7 : 11
            }
          },
          tooltip: { callbacks: { label: figures }, usePointStyle: chart.kind === 'line' }
        }
      }
    });
  }

  function draw_all() {
    drawn.forEach((chart) => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 13;
    drawn = report.charts.map(draw);
  }

  // On paper: light, as wide as the sheet, with all figures shown.
  const details = Array.from(document.querySelectorAll('figure details'));
  let opened = [];
  function print(on) {
    root.classList.toggle('printing', on);
    if (on) {
      opened = details.filter((one) => !one.open);
    }
    opened.forEach((one) => { one.open = on; });
    draw_all();
  }
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
  dark.addEventListener('change', draw_all);
  draw_all();
}());
