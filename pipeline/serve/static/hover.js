/* What an article's marked words tell when they are pointed at. Written for this project. Apache-2.0.
   No value of the rows ever becomes markup here: only textContent is set. */
"use strict";

(function () {
  /* Events of a marked stretch: their cards beside the text, and in a box below the pointer. */
  function hovering(root) {
    const body = root.querySelector("[data-marked]");
    if (!body) return;
    const box = document.createElement("div");
    box.className = "hover";
    box.setAttribute("role", "tooltip");
    box.id = "hover";
    box.hidden = true;
    document.body.append(box);
    const lit = () => root.querySelectorAll(".on");
    let over = null; /* the mark that is pointed at */
    let weighed = null;
    /* What weighed most for each event; it is coded anew for that, so only once somebody asks. */
    function weigh() {
      if (weighed || !body.dataset.signs) return;
      weighed = fetch(body.dataset.signs).then((answer) => (answer.ok ? answer.json() : {})).then((signs) => {
        Object.entries(signs).forEach(([number, lines]) => {
          const facts = root.querySelector("#event-" + number + " dl");
          if (!facts) return;
          const name = document.createElement("dt");
          name.textContent = body.dataset.weighed;
          facts.append(name);
          lines.forEach(([sign, weight]) => {
            const line = document.createElement("dd");
            line.className = "sign-line";
            const [what, much] = [document.createElement("bdi"), document.createElement("span")];
            what.textContent = sign;
            much.textContent = weight;
            much.className = "num quiet";
            much.dir = "ltr";
            line.append(what, " ", much);
            facts.append(line);
          });
        });
        if (over) enter(over);
      }).catch(() => { weighed = null; }); /* the next hover asks again */
    }
    function leave() {
      over = null;
      box.hidden = true;
      lit().forEach((each) => each.classList.remove("on"));
    }
    function enter(mark) {
      leave();
      over = mark;
      weigh();
      const list = document.createElement("ul");
      list.className = "cards";
      mark.dataset.events.split(" ").forEach((number) => {
        const card = document.getElementById("event-" + number);
        if (!card) return;
        card.classList.add("on");
        const copy = card.cloneNode(true);
        copy.removeAttribute("id");
        list.append(copy);
        body.querySelectorAll("mark").forEach((each) => {
          if (each.dataset.events.split(" ").includes(number)) each.classList.add("on");
        });
      });
      box.replaceChildren(list);
      box.hidden = false;
      const at = mark.getBoundingClientRect();
      const left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8));
      const below = at.bottom + box.offsetHeight + 12 < innerHeight;
      box.style.left = left + scrollX + "px";
      box.style.top = scrollY + (below ? at.bottom + 8 : at.top - box.offsetHeight - 8) + "px";
    }
    body.querySelectorAll("mark").forEach((mark) => {
      mark.addEventListener("pointerenter", () => enter(mark));
      mark.addEventListener("pointerleave", leave);
      mark.addEventListener("focus", () => enter(mark));
      mark.addEventListener("blur", leave);
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
    addEventListener("resize", leave); /* it stands where the word stood */
  }

  hovering(document);
})();
