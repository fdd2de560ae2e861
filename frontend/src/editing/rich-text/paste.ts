// Text from Word, Google Docs and the web: its structure comes along, its looks stay behind.

/** Elements that mean something here; of everything else the words remain. */
const KEPT = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "BLOCKQUOTE", "UL", "OL", "LI", "A", "B", "STRONG", "I", "EM", "U", "S", "DEL", "STRIKE", "SUB", "SUP", "CODE", "BR", "HR"]);
const DROPPED = new Set(["STYLE", "SCRIPT", "META", "LINK", "TITLE", "HEAD", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "XML", "NOSCRIPT"]);
const BLOCKS = new Set(["DIV", "SECTION", "ARTICLE", "HEADER", "FOOTER", "TR", "PRE", "FIGURE", "FIGCAPTION", "DT", "DD", "MAIN", "ADDRESS"]);
const LEVELS: Record<string, string> = { H1: "h2", H5: "h4", H6: "h4" };
/** Word's own names for the items of its lists. */
const WORD_LIST = /MsoListParagraph|mso-list/;

/** A document with nothing but what a formatted text may hold. `style` goes by another name before anything is parsed,
 * so that no look of it is ever applied. */
export function cleaned(html: string, parse: (html: string) => Document): Document {
  const source = parse(html.replaceAll(/<!--[\s\S]*?-->/g, "").replaceAll(/<\/?[a-z]+:[^>]*>/gi, "").replaceAll(/(<[^>]*?\s)style\s*=/gi, "$1data-style="));
  const target = parse("");
  append(source.body, target.body, target);
  joinWordLists(target);
  return target;
}

function append(from: Node, to: Node, target: Document): void {
  for (const node of [...from.childNodes]) {
    if (node.nodeType === 3) {
      // Line breaks in the source are blanks; those between blocks are nothing.
      const text = (node.textContent ?? "").replaceAll(/[\n\r\t]+/g, " ");
      if (text.trim() !== "" || !/^(BODY|UL|OL|BLOCKQUOTE)$/.test(to.nodeName)) to.appendChild(target.createTextNode(text));
    } else if (node.nodeType === 1) appendElement(node as Element, to, target);
  }
}

function appendElement(element: Element, to: Node, target: Document): void {
  const name = element.nodeName.toUpperCase();
  if (DROPPED.has(name)) return;
  const style = element.getAttribute("data-style") ?? "";
  if (/mso-list:\s*Ignore/i.test(style)) return;
  // Google Docs wraps everything in a <b> that is not bold.
  const isPlainBold = (name === "B" || name === "STRONG") && /font-weight:\s*(normal|400)/i.test(style);
  if (WORD_LIST.test(`${element.className} ${style}`) && name === "P") {
    const item = target.createElement("li");
    item.setAttribute("data-word", /^\s*(\d+|[a-z])[.)]/i.test(element.textContent) ? "ol" : "ul");
    append(element, item, target);
    to.appendChild(item);
    return;
  }
  if (name === "TD" || name === "TH") {
    append(element, to, target);
    to.appendChild(target.createTextNode(" "));
    return;
  }
  if (!KEPT.has(name) || isPlainBold) {
    const holdsBlocks = [...element.children].some((child) => /^(P|DIV|UL|OL|H[1-6]|TABLE|BLOCKQUOTE|SECTION)$/.test(child.nodeName.toUpperCase()));
    if (BLOCKS.has(name) && !holdsBlocks) {
      const paragraph = target.createElement("p");
      append(element, dressed(style, paragraph, target), target);
      if (paragraph.textContent.trim() !== "") to.appendChild(paragraph);
    } else append(element, dressed(isPlainBold ? "" : style, to, target), target);
    return;
  }
  const made = target.createElement(LEVELS[name] ?? name.toLowerCase());
  if (name === "A") {
    const url = element.getAttribute("href");
    if (url !== null) made.setAttribute("href", url);
  }
  if (name === "OL" && element.hasAttribute("start")) made.setAttribute("start", element.getAttribute("start") ?? "1");
  to.appendChild(made);
  append(element, /^(UL|OL|BR|HR|H\d)$/.test(name) ? made : dressed(style, made, target), target);
}

/** The innermost of the elements that say what a style said: bold, italic and the like. */
function dressed(style: string, to: Node, target: Document): Node {
  const wanted = [
    /font-weight:\s*(bold|[6-9]\d\d)/i.test(style) && "strong",
    /font-style:\s*italic/i.test(style) && "em",
    /text-decoration[^;]*underline/i.test(style) && "u",
    /text-decoration[^;]*line-through/i.test(style) && "s",
    /vertical-align:\s*super/i.test(style) && "sup",
    /vertical-align:\s*sub/i.test(style) && "sub",
  ].filter((name) => name !== false);
  if (to.nodeName === "A") return to;
  return wanted.reduce<Node>((outer, name) => outer.appendChild(target.createElement(name)), to);
}

/** Word's paragraphs that are list items, side by side, become a list. */
function joinWordLists(target: Document): void {
  for (const item of [...target.querySelectorAll("li[data-word]")]) {
    const kind = item.getAttribute("data-word") ?? "ul";
    const before = item.previousElementSibling;
    const list = before?.nodeName.toLowerCase() === kind && before.hasAttribute("data-word") ? before : target.createElement(kind);
    if (list !== before) {
      list.setAttribute("data-word", "");
      item.replaceWith(list);
    }
    item.removeAttribute("data-word");
    list.appendChild(item);
  }
}
