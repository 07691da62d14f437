// Live progress of one run. Without this script the page reloads itself every few seconds.
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
    };
    source.addEventListener("over", () => {
      source.close();
      location.reload();
    });
  }
}
