/* What stands around charts and tables: the menu, titles with their meaning, and notices. Vizro has components of
   its own for these, some thirty a page, and each of them is looked at whenever anything on the page changes. */
(function () {
  "use strict";
  const React = window.React;
  const e = React.createElement;
  const { follow } = window.dashboards;
  const TURNED = "userops_menu";

  /* The groups of pages: the one that is open stands open, others as the reader turned them meanwhile. */
  function Menu({ groups, here }) {
    const own = groups.find(([, pages]) => pages.some(([, address]) => address === here))?.[0];
    const [turned, setTurned] = React.useState(() => JSON.parse(sessionStorage.getItem(TURNED) || "{}"));
    React.useEffect(() => {
      document.documentElement.lang = here.startsWith("/zh") ? "zh-CN" : "en";
    }, [here]);
    const open = turned.own === own ? turned.open : [own];
    const turn = (title) => {
      const now = open.includes(title) ? open.filter((other) => other !== title) : [...open, title];
      const kept = { own, open: now };
      sessionStorage.setItem(TURNED, JSON.stringify(kept));
      setTurned(kept);
    };
    const link = ([title, address]) => {
      const isHere = address === here;
      const className = "accordion-item-link nav-link" + (isHere ? " active" : "");
      const given = { key: address, href: address, onClick: follow, className };
      return e("a", { ...given, "aria-current": isHere ? "page" : undefined }, title);
    };
    const group = ([title, pages]) => {
      const isOpen = open.includes(title);
      const given = { type: "button", "aria-expanded": isOpen, onClick: () => turn(title) };
      const className = "accordion-button" + (isOpen ? "" : " collapsed");
      const head = e("h2", { className: "accordion-header" }, e("button", { ...given, className }, title));
      const links = e("div", { className: "accordion-body" }, pages.map(link));
      const body = e("div", { className: "accordion-collapse collapse" + (isOpen ? " show" : "") }, links);
      return e("div", { key: title, className: "accordion-item-header accordion-item" }, head, body);
    };
    return e("div", { className: "accordion" }, groups.map(group));
  }

  /* A chart's title; its meaning is shown while its sign is pointed at or has the focus. */
  function Title({ id, text, meaning, label }) {
    const sign = React.useRef(null);
    const [at, setAt] = React.useState(null);
    const hide = () => setAt(null);
    const show = () => setAt(sign.current.getBoundingClientRect());
    const explained = meaning && e("span", {
      ref: sign,
      className: "material-symbols-outlined tooltip-icon",
      role: "button",
      tabIndex: 0,
      "aria-label": label,
      "aria-describedby": at ? `${id}-meaning` : undefined,
      onMouseEnter: show,
      onMouseLeave: hide,
      onFocus: show,
      onBlur: hide,
      onKeyDown: (pressed) => pressed.key === "Escape" && hide(),
    }, "info", at && window.ReactDOM.createPortal(bubble(`${id}-meaning`, meaning, at), document.body));
    return e("h3", { className: "figure-title" }, e("span", { id: `${id}_title` }, text), explained);
  }

  /* Below what it is about, above it where the window ends; at most 400 pixels wide and never beside it. */
  function bubble(id, text, at) {
    const middle = at.left + at.width / 2;
    const left = Math.min(Math.max(middle, 208), Math.max(window.innerWidth - 208, 208));
    const isBelow = at.bottom < 0.7 * window.innerHeight;
    const side = isBelow ? { top: at.bottom } : { bottom: window.innerHeight - at.top };
    const style = { position: "fixed", left, transform: "translateX(-50%)", ...side };
    const under = { position: "absolute", left: `calc(50% + ${middle - left}px)` };
    const arrow = { className: "tooltip-arrow", style: { ...under, transform: "translateX(-50%)" } };
    const said = text.split("\n\n").map((words, n) => e("p", { key: n }, words));
    const className = `tooltip show bs-tooltip-${isBelow ? "bottom" : "top"}`;
    const inner = e("div", { className: "tooltip-inner" }, said);
    return e("div", { id, role: "tooltip", className, style }, e("div", arrow), inner);
  }

  /* What Vizro has to say when a question could not be answered, until it is closed or its time is over. */
  function Notices({ id, label, sendNotifications }) {
    const [shown, setShown] = React.useState([]);
    const without = (gone) => setShown((before) => before.filter((notice) => notice.id !== gone));
    React.useEffect(() => {
      const said = sendNotifications || [];
      const isNew = (notice) => !said.some((other) => other.id === notice.id);
      setShown((before) => [...before.filter(isNew), ...said]);
      const timed = said.filter((notice) => notice.autoClose > 0);
      const waits = timed.map((notice) => setTimeout(() => without(notice.id), notice.autoClose));
      return () => waits.forEach(clearTimeout);
    }, [sendNotifications]);
    const one = ({ id: key, className, title, message }) => {
      const said = e("div", null, e("strong", null, title), e("p", null, message.props.children));
      const given = { type: "button", title: label, "aria-label": label, onClick: () => without(key) };
      return e("div", { key, className }, said, e("button", given, "×"));
    };
    return e("div", { id, className: "notices", role: "alert" }, e("div", null, shown.map(one)));
  }

  Object.assign(window.dashboards, { Menu, Notices, Title });
})();
