// Live progress of one run, and the keys of the release desk. Without this script the page of a run reloads itself every
// few seconds, and the desk is leafed through by its links.
"use strict";
{
  const live = document.querySelector("[data-events]");
  const show = (news) => {
    live.querySelector("[data-state]").textContent = news.state;
    const bar = live.querySelector("progress");
    const count = live.querySelector("[data-count]");
    if (news.total > 0) {
      bar.max = news.total;
      bar.value = news.done;
      count.textContent = `${news.done} / ${news.total}`;
    } else {
      bar.removeAttribute("value");
      count.textContent = "";
    }
  };
  const showStages = (stages) => {
    for (const step of document.querySelectorAll("[data-stage].busy")) {
      const told = stages[step.dataset.stage];
      if (told) {
        step.querySelector("[data-stage-count]").textContent = told.count;
        step.querySelector("[data-stage-what]").textContent = told.what;
      }
    }
  };
  if (live && "EventSource" in window) {
    const source = new EventSource(live.dataset.events);
    let state = live.querySelector("[data-state]").textContent;
    source.onmessage = (event) => {
      const news = JSON.parse(event.data);
      if (news.state !== state) {
        // The next stage: the list of stages and the buttons change with it.
        source.close();
        location.reload();
        return;
      }
      show(news);
      showStages(news.stages);
    };
    source.addEventListener("over", () => {
      source.close();
      location.reload();
    });
  }
  // The next and the previous card by the arrow keys, unless somebody is writing.
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input, textarea, select");
    const rel = { ArrowRight: "next", j: "next", ArrowLeft: "prev", k: "prev" }[event.key];
    if (rel && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      document.querySelector(`[data-leaf] a[rel="${rel}"]`)?.click();
    }
  });
}
