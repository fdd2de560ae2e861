// Text from Word, Google Docs and the web: its structure comes along, its looks stay behind. A block inside of what is one
// line here, such as a quote or an item of a list, breaks that line: as a block of its own it could be shown and not kept.

const DROPPED = new Set(["STYLE", "SCRIPT", "META", "LINK", "TITLE", "HEAD", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "XML", "NOSCRIPT"]);
/** Elements whose words stand on lines of their own; of all others the words go on where they are. */
const BLOCKS = new Set(
  "P H1 H2 H3 H4 H5 H6 BLOCKQUOTE UL OL LI HR DIV SECTION ARTICLE HEADER FOOTER MAIN ASIDE NAV ADDRESS PRE FIGURE FIGCAPTION DL DT DD TABLE CAPTION TR TD TH FORM FIELDSET LEGEND DETAILS SUMMARY MENU CENTER".split(" "),
);
const ANY_BLOCK = [...BLOCKS].join(",").toLowerCase();
/** What is one line here, under the name that it has here. */
const LINES: Record<string, string> = { H1: "h2", H2: "h2", H3: "h3", H4: "h4", H5: "h4", H6: "h4", BLOCKQUOTE: "blockquote" };
const LOOKS: Record<string, string> = { B: "strong", STRONG: "strong", I: "em", EM: "em", U: "u", S: "s", DEL: "s", STRIKE: "s", SUB: "sub", SUP: "sup", CODE: "code" };
/** Headings are bold by themselves, and a list's style is none of its items'. */
const STYLED_BY_ITSELF = /^(UL|OL|H\d)$/;
/** Word's own names for the items of its lists. */
const WORD_LIST = /MsoListParagraph|mso-list/;
/** Marks a list of items that came without one, so that the next such item joins it. */
const LOOSE = "data-loose";

/** A line that is being written, with what comes between its words and the next ones: breaks, or else a blank. */
interface Line {
  element: Element;
  hasWords: boolean;
  breaks: number;
  isApart: boolean;
}

/** Where words go. */
interface Place {
  /** What holds the lines: the whole text, or a list. */
  outer: Element;
  /** The element of a line. */
  name: string;
  /** Whether all that is written here is one line. */
  isOne: boolean;
  /** The line that was begun; without one, the next word begins it. */
  line: Line | null;
  link: Element | null;
}

/** A document with nothing but what a formatted text may hold. `style` goes by another name before anything is parsed,
 * so that no look of it is ever applied. */
export function cleaned(html: string, parse: (html: string) => Document): Document {
  const source = parse(html.replaceAll(/<!--[\s\S]*?-->/g, "").replaceAll(/<\/?[a-z]+:[^>]*>/gi, "").replaceAll(/(<[^>]*?\s)style\s*=/gi, "$1data-style="));
  const target = parse("");
  writeAll(source.body, { outer: target.body, name: "p", isOne: false, line: null, link: null }, []);
  // Words without a block around them join the line that they are pasted into.
  if (source.body.querySelector(ANY_BLOCK) === null) target.body.firstElementChild?.replaceWith(...target.body.firstElementChild.childNodes);
  return target;
}

function writeAll(from: Element, place: Place, looks: readonly string[]): void {
  for (const node of from.childNodes) {
    if (node.nodeType === 3) writeWords(node.textContent ?? "", place, looks);
    else if (node.nodeType === 1) writeElement(node as Element, place, looks);
  }
}

function writeElement(element: Element, place: Place, outerLooks: readonly string[]): void {
  const name = element.nodeName.toUpperCase();
  const style = element.getAttribute("data-style") ?? "";
  if (DROPPED.has(name) || /mso-list:\s*Ignore/i.test(style)) return;
  const looks = [...new Set([...outerLooks, ...looksOf(name, style, place.link !== null)])];
  const url = name === "A" ? element.getAttribute("href") : null;
  const isCell = (name === "TD" || name === "TH") && isOneOfSeveral(element);
  if (name === "BR") {
    if (place.line !== null) place.line.breaks += 1;
  } else if (url !== null) writeLink(element, url, place, looks);
  else if (name === "UL" || name === "OL") writeList(element, place, looks);
  else if (name === "LI" || (name === "P" && WORD_LIST.test(`${element.className} ${style}`))) writeItem(element, place, looks);
  else if (name in LINES) writeLine(element, LINES[name] ?? "p", place, looks);
  // A row with several cells is a line of its table; around a single cell the table is a frame.
  else if (name === "TR" && element.children.length > 1) writeLine(element, "p", place, looks);
  else if (isCell) {
    writeAll(element, place, looks);
    if (place.line !== null) Object.assign(place.line, { breaks: 0, isApart: true });
  } else if (BLOCKS.has(name)) {
    end(place);
    writeAll(element, place, looks);
    if (name === "HR" && !place.isOne && place.name === "p") place.outer.append(made(place, "hr"));
    end(place);
  } else writeAll(element, place, looks);
}

function isOneOfSeveral(cell: Element): boolean {
  return (cell.parentElement?.children.length ?? 0) > 1;
}

/** What an element says of the words in it: bold, italic and the like. */
function looksOf(name: string, style: string, isInLink: boolean): string[] {
  const own = LOOKS[name];
  // Google Docs wraps everything in a <b> that is not bold.
  if (own === "strong" && /font-weight:\s*(normal|400)/i.test(style)) return [];
  const styled = STYLED_BY_ITSELF.test(name)
    ? []
    : [
        /font-weight:\s*(bold|[6-9]\d\d)/i.test(style) && "strong",
        /font-style:\s*italic/i.test(style) && "em",
        // Links are underlined by themselves.
        !isInLink && name !== "A" && /text-decoration[^;]*underline/i.test(style) && "u",
        /text-decoration[^;]*line-through/i.test(style) && "s",
        /vertical-align:\s*super/i.test(style) && "sup",
        /vertical-align:\s*sub/i.test(style) && "sub",
      ];
  return [own, ...styled].filter((look) => typeof look === "string");
}

function writeWords(source: string, place: Place, looks: readonly string[]): void {
  // Line breaks in the source are blanks; those between lines are nothing.
  const text = source.replaceAll(/[\n\r\t]+/g, " ");
  if (text.trim() === "") {
    if (place.line?.hasWords !== true || place.line.breaks > 0 || place.line.isApart) return;
  } else closeGap(place);
  const line = begun(place);
  const words: Node = place.outer.ownerDocument.createTextNode(text);
  (place.link ?? line.element).append(
    looks.reduceRight((inner, look) => {
      const outer = made(place, look);
      outer.append(inner);
      return outer;
    }, words),
  );
}

/** Writes what lies between the words so far and those that come now. */
function closeGap(place: Place): void {
  const line = begun(place);
  if (line.hasWords && (line.breaks > 0 || line.isApart)) {
    const gap = line.breaks > 0 ? Array.from({ length: line.breaks }, () => made(place, "br")) : [" "];
    if (place.link?.hasChildNodes() === false) place.link.before(...gap);
    else (place.link ?? line.element).append(...gap);
  }
  Object.assign(line, { hasWords: true, breaks: 0, isApart: false });
}

function begun(place: Place): Line {
  if (place.line === null) {
    place.line = { element: made(place, place.name), hasWords: false, breaks: 0, isApart: false };
    place.outer.append(place.line.element);
  }
  return place.line;
}

function made(place: Place, name: string): Element {
  return place.outer.ownerDocument.createElement(name);
}

/** The words that follow stand on another line. */
function end(place: Place): void {
  if (!place.isOne) place.line = null;
  else if (place.line !== null && !place.line.isApart) place.line.breaks = Math.max(1, place.line.breaks);
}

/** What is one line here, whatever it holds. */
function writeLine(element: Element, name: string, place: Place, looks: readonly string[]): void {
  end(place);
  if (!place.isOne) {
    writeAll(element, { ...place, name: place.name === "li" ? "li" : name, isOne: true, line: null }, looks);
    return;
  }
  writeAll(element, place, looks);
  // The end of a row is more than the end of its last cell.
  if (place.line !== null) place.line.isApart = false;
  end(place);
}

function writeList(element: Element, place: Place, looks: readonly string[]): void {
  const isInLine = place.isOne && (place.name !== "li" || place.link !== null);
  if (isInLine) {
    end(place);
    writeAll(element, place, looks);
    end(place);
    return;
  }
  const list = made(place, element.nodeName.toLowerCase());
  const start = element.getAttribute("start");
  if (list.nodeName === "OL" && start !== null) list.setAttribute("start", start);
  writeAll(element, { outer: list, name: "li", isOne: false, line: null, link: null }, looks);
  place.line = null;
  if (!list.hasChildNodes()) return;
  // A list in a list is an item of its own, as the editor keeps it.
  const holder = place.name === "li" ? place.outer.appendChild(made(place, "li")) : place.outer;
  holder.append(list);
}

/** An item of a list; those without one, as Word has them, make one together. */
function writeItem(element: Element, place: Place, looks: readonly string[]): void {
  if (place.isOne || place.name === "li") {
    writeLine(element, "li", place, looks);
    return;
  }
  end(place);
  const isNumbered = element.nodeName !== "LI" && /^\s*(\d+|[a-z])[.)]/i.test(element.textContent);
  const kind = isNumbered ? "OL" : "UL";
  const last = place.outer.lastElementChild;
  const list = last?.nodeName === kind && last.hasAttribute(LOOSE) ? last : made(place, kind.toLowerCase());
  list.setAttribute(LOOSE, "");
  writeAll(element, { outer: list, name: "li", isOne: true, line: null, link: null }, looks);
  if (list.hasChildNodes() && list !== last) place.outer.append(list);
}

function writeLink(element: Element, url: string, place: Place, looks: readonly string[]): void {
  if (place.link !== null || element.textContent.trim() === "") {
    writeAll(element, place, looks);
    return;
  }
  const isApart = element.querySelector(ANY_BLOCK) !== null;
  if (isApart) end(place);
  const line = begun(place);
  const link = made(place, "a");
  link.setAttribute("href", url);
  line.element.append(link);
  writeAll(element, { ...place, isOne: true, line, link }, looks);
  if (!link.hasChildNodes()) link.remove();
  if (!line.element.hasChildNodes()) {
    line.element.remove();
    place.line = null;
  }
  if (isApart) end(place);
}
