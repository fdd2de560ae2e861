// What can stand in a formatted text: the server's allow-list (`rich_text` there), and nothing beside it.

import { LinkNode } from "@lexical/link";
import { ListItemNode, ListNode } from "@lexical/list";
import { BOLD_ITALIC_STAR, BOLD_STAR, BOLD_UNDERSCORE, type ElementTransformer, INLINE_CODE, ITALIC_STAR, ITALIC_UNDERSCORE, ORDERED_LIST, QUOTE, STRIKETHROUGH, type Transformer, UNORDERED_LIST } from "@lexical/markdown";
import { $createHeadingNode, $isHeadingNode, HeadingNode, QuoteNode } from "@lexical/rich-text";
import { $createParagraphNode, DecoratorNode, type DOMConversionMap, type Klass, type LexicalEditor, type LexicalNode, TextNode } from "lexical";

import { addressOf } from "../links";

/** A line across the text. */
export class RuleNode extends DecoratorNode<null> {
  static override getType(): string {
    return "horizontalrule";
  }

  static override clone(node: RuleNode): RuleNode {
    return new RuleNode(node.__key);
  }

  static override importJSON(): RuleNode {
    return new RuleNode();
  }

  static override importDOM(): DOMConversionMap {
    return { hr: () => ({ conversion: () => ({ node: new RuleNode() }), priority: 0 }) };
  }

  override createDOM(): HTMLElement {
    return document.createElement("hr");
  }

  override getTextContent(): string {
    return "\n";
  }

  override isInline(): false {
    return false;
  }

  override updateDOM(): boolean {
    return false;
  }

  override decorate(): null {
    return null;
  }
}

export const NODES: readonly Klass<LexicalNode>[] = [HeadingNode, QuoteNode, ListNode, ListItemNode, LinkNode, RuleNode];

const LEVELS = { 1: "h2", 2: "h2", 3: "h3", 4: "h4" } as const;

/** `#` begins the largest heading that a text may have: the page's title is the h1. */
const HEADING: ElementTransformer = {
  type: "element",
  dependencies: [HeadingNode],
  regExp: /^(#{1,4})\s/,
  export: () => null,
  replace: (parent, children, match) => {
    const heading = $createHeadingNode(LEVELS[(match[1]?.length ?? 2) as keyof typeof LEVELS]);
    heading.append(...children);
    parent.replace(heading);
    heading.select(0, 0);
  },
};

const RULE: ElementTransformer = {
  type: "element",
  dependencies: [RuleNode],
  regExp: /^(---|\*\*\*)\s?$/,
  export: () => null,
  replace: (parent) => {
    const rule = new RuleNode();
    parent.replace(rule);
    const after = $createParagraphNode();
    rule.insertAfter(after);
    after.select();
  },
};

export const SHORTCUTS: Transformer[] = [HEADING, RULE, QUOTE, UNORDERED_LIST, ORDERED_LIST, BOLD_ITALIC_STAR, BOLD_STAR, BOLD_UNDERSCORE, ITALIC_STAR, ITALIC_UNDERSCORE, STRIKETHROUGH, INLINE_CODE];

const KEPT_FORMATS = 127;

/** Whatever arrives by paste or drop takes the allowed form: no colours, no sizes, no strange headings, no unsafe links. */
export function keepToAllowList(editor: LexicalEditor): () => void {
  const ends = [
    editor.registerNodeTransform(TextNode, (node) => {
      if (node.getStyle() !== "") node.setStyle("");
      if ((node.getFormat() & ~KEPT_FORMATS) !== 0) node.setFormat(node.getFormat() & KEPT_FORMATS);
    }),
    editor.registerNodeTransform(HeadingNode, (node) => {
      const tag = node.getTag();
      if (tag === "h2" || tag === "h3" || tag === "h4" || !$isHeadingNode(node)) return;
      const heading = $createHeadingNode(tag === "h1" ? "h2" : "h4");
      heading.append(...node.getChildren());
      node.replace(heading);
    }),
    editor.registerNodeTransform(LinkNode, (node) => {
      const url = addressOf(node.getURL());
      if (url === undefined) {
        for (const child of node.getChildren()) node.insertBefore(child);
        node.remove();
      } else if (url !== node.getURL()) node.setURL(url);
    }),
  ];
  return () => ends.forEach((end) => end());
}
