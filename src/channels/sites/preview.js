// In the preview: a click on a section tells the editor which one; the editor says which one to show.
"use strict";
(() => {
  const sectionOf = (target) => (target instanceof Element ? target.closest("[data-section]") : null);
  let shown = null;

  function show(section) {
    if (shown) shown.style.outline = "";
    shown = section;
    if (!section) return;
    section.style.outline = "3px solid Highlight";
    section.style.outlineOffset = "-3px";
  }

  // Alone in a tab it is a page to walk through; in the editor a click selects.
  if (window.parent === window) return;
  document.addEventListener("click", (event) => {
    const section = sectionOf(event.target);
    if (!section) return;
    event.preventDefault();
    show(section);
    window.parent.postMessage({ type: "gammacms:section", id: section.dataset.section }, location.origin);
  }, true);
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.data?.type !== "gammacms:show") return;
    const section = document.querySelector(`[data-section="${CSS.escape(String(event.data.id))}"]`);
    show(section);
    section?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });
})();
