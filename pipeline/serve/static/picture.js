/* A panel as a picture, made in the browser. Written for this project. Apache-2.0.
   A copy of the panel is put into an SVG with the page's own look and fonts, and drawn: lines run as
   they do on the page, from either side, and nobody is asked for anything. */
"use strict";

const rasdPicture = (function () {
  const LONGEST = 16000; /* pixels of a side that browsers draw */
  const FONT = /url\("(vendor\/[^"]+\.woff2)"\)/g;
  const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  let look = null;

  function dataOf(blob) {
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = failed;
      reader.readAsDataURL(blob);
    });
  }

  function asked(path) {
    return fetch("/static/" + path).then((answer) => {
      if (!answer.ok) throw new Error(path + ": " + answer.status);
      return answer;
    });
  }

  /* The style sheet with its fonts in it. */
  function style() {
    if (!look) {
      look = asked("rasd.css").then((answer) => answer.text()).then((text) => {
        const paths = Array.from(new Set(Array.from(text.matchAll(FONT), (each) => each[1])));
        return Promise.all(paths.map((path) => asked(path).then((answer) => answer.blob()).then(dataOf)))
          .then((fonts) => text.replace(FONT, (all, path) => 'url("' + fonts[paths.indexOf(path)] + '")'));
      });
      look.catch(() => { look = null; });
    }
    return look;
  }

  /* The colours that the page has now, light or dark: a picture is not asked which it is. */
  function colours(sheet) {
    const now = getComputedStyle(document.documentElement);
    const names = Array.from(new Set(sheet.match(/--[\w-]+(?=:)/g)));
    return names.map((name) => name + ":" + now.getPropertyValue(name).trim()).join(";");
  }

  /* The panel as an SVG, with all its rows, and without what can only be clicked. */
  function drawing(panel, sheet) {
    panel.classList.add("pictured");
    const wide = Math.ceil(Math.max(panel.scrollWidth, panel.offsetWidth));
    const high = Math.ceil(Math.max(panel.scrollHeight, panel.offsetHeight));
    const copy = panel.cloneNode(true);
    panel.classList.remove("pictured");
    copy.querySelectorAll("script, noscript, .tools, form").forEach((each) => each.remove());
    const page = document.documentElement;
    const body = document.createElement("body");
    body.dir = page.dir;
    body.lang = page.lang;
    body.className = "picture";
    body.append(copy);
    const inside = new XMLSerializer().serializeToString(body).replace(NO_XML, " ");
    const own = "body.picture {" + colours(sheet) + "; padding: 16px; inline-size: " + (wide + 32) + "px }"
      + " body.picture > .pictured { inline-size: " + wide + "px; max-inline-size: none }";
    const css = (sheet + own).replace(/[<&]/g, " ");
    /* As wide as the window: rules for a phone are for a narrow window, not for a narrow panel. */
    const all = Math.max(innerWidth, wide + 32);
    const left = page.dir === "rtl" ? all - wide - 32 : 0;
    const text = '<svg xmlns="http://www.w3.org/2000/svg" width="' + all + '" height="' + (high + 32) + '">'
      + "<style>" + css + "</style>"
      + '<foreignObject x="' + left + '" y="0" width="' + (wide + 32) + '" height="' + (high + 32) + '">' + inside + "</foreignObject></svg>";
    return { text, left, wide: wide + 32, high: high + 32 };
  }

  function drawn(made) {
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(made.text);
    return image.decode().then(() => {
      const scale = Math.min(2, LONGEST / made.wide, LONGEST / made.high);
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(made.wide * scale);
      canvas.height = Math.round(made.high * scale);
      const paper = canvas.getContext("2d");
      paper.scale(scale, scale);
      paper.drawImage(image, -made.left, 0);
      return { href: canvas.toDataURL("image/png"), ending: "png" };
    }).catch(() => ({ href: image.src, ending: "svg" })); /* where a browser draws none of it */
  }

  /* Gives {href, ending}: a PNG as a data address; an SVG of the same where a browser makes no PNG. */
  function of(panel) {
    return style().then((sheet) => drawn(drawing(panel, sheet)));
  }

  return { of };
})();
