/* The parts of a page that React draws at once: a tree of plain elements, and a chart that is drawn when it
   has rows and not before. What Dash would do with a component for every cell of a table costs seconds. */
(function () {
  "use strict";
  const React = window.React;

  const WRITTEN = { className: "class", htmlFor: "for" };

  /* An element is [name, attributes, child, child ...]; text is text and never markup. */
  function element(node) {
    if (!Array.isArray(node)) return String(node);
    const [name, attributes, ...children] = node;
    const made = document.createElement(name);
    for (const [given, value] of Object.entries(attributes)) {
      if (value !== null) made.setAttribute(WRITTEN[given] || given, value);
    }
    made.append(...children.map(element));
    return made;
  }

  /* A link within the pages, as Dash's own link follows one: nothing is loaded anew. */
  function follow(event) {
    const link = event.target.closest("a[href]");
    if (!link || link.hasAttribute("download") || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  /* React has the outer element alone: what is in it is made at once and never compared. */
  function Plain({ tree }) {
    const place = React.useRef(null);
    const [name, attributes, ...children] = tree;
    React.useLayoutEffect(() => {
      place.current.replaceChildren(...children.map(element));
    }, [tree]);
    return React.createElement(name, { ...attributes, ref: place, onClick: follow });
  }

  /* Plotly is fetched beside the first scripts; it is run once, while the first chart's rows are asked for. */
  let running = null;

  function plotly() {
    running ||= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = document.querySelector("link[as=script][href*='/plotly/']").href;
      script.onload = () => done(window.Plotly);
      script.onerror = fail;
      document.head.append(script);
    });
    return running;
  }

  function themed(figure) {
    const themes = window.dash_component_api.getLayout("vizro_themes").props.data;
    const theme = document.documentElement.getAttribute("data-bs-theme");
    return { ...figure.layout, template: themes["vizro_" + theme] };
  }

  function Chart({ id, figure }) {
    const place = React.useRef(null);
    const isAsked = window.dash_component_api.useDashContext().useLoading();
    const [drawn, setDrawn] = React.useState(null);

    React.useLayoutEffect(() => {
      if (!figure) return undefined;
      let isCurrent = true;
      const draw = (Plotly) => {
        if (!isCurrent || !place.current) return undefined;
        const config = { displayModeBar: false, displaylogo: false };
        return Plotly.react(place.current, figure.data, themed(figure), config);
      };
      const done = () => isCurrent && setDrawn(figure);
      (window.Plotly ? Promise.resolve(draw(window.Plotly)) : plotly().then(draw)).then(done);
      const themes = new MutationObserver(() => window.Plotly && draw(window.Plotly));
      themes.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
      return () => {
        isCurrent = false;
        themes.disconnect();
      };
    }, [figure]);

    React.useEffect(() => {
      if (isAsked) plotly();
    }, [isAsked]);

    React.useEffect(() => {
      const element = place.current;
      const sizes = new ResizeObserver(() => {
        const full = element._fullLayout;
        if (!full || !element.clientWidth) return;
        const isOther = full.width !== element.clientWidth || full.height !== element.clientHeight;
        if (isOther) window.Plotly.Plots.resize(element);
      });
      sizes.observe(element);
      return () => {
        sizes.disconnect();
        if (window.Plotly) window.Plotly.purge(element);
      };
    }, []);

    const isWaiting = isAsked || (figure && drawn !== figure);
    const chart = React.createElement("div", {
      id,
      ref: place,
      className: "chart",
      "data-dash-is-loading": isWaiting ? "true" : undefined,
    });
    const note = figure?.note && React.createElement("p", { className: "note" }, figure.note);
    return React.createElement(React.Fragment, null, chart, note);
  }

  window.dashboards = { Chart, Plain, follow };
})();
