//! HTML as a tree, built by html5ever's rules, which are a browser's: whatever is broken in it comes out as a browser shows it.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
};

use html5ever::{
    Attribute, LocalName, Namespace, ParseOpts, QualName,
    interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink},
    local_name, ns, parse_fragment,
    tendril::{StrTendril, TendrilSink},
};

use super::HtmlTooLarge;

/// Elements and texts of one tree. Formats that are open where a paragraph begins are made anew in it, so that a few
/// kilobytes written for it could ask for millions.
const MOST_NODES: usize = 200_000;
/// Elements inside each other: where each begins, the parser looks at all that are open.
const MOST_DEEP: usize = 2_000;
/// Bytes that are given to the parser before the number of nodes is looked at.
const CHUNK: usize = 1024;

/// A parsed text. Nodes are named by their place; the first is the root.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    parent: Option<usize>,
    children: Vec<usize>,
    depth: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Root,
    Element {
        name: QualName,
        attributes: Vec<Attribute>,
    },
    Text(String),
    /// A comment or an instruction: nobody reads it.
    Silent,
}

/// Reads a fragment as the inside of `body`.
pub(super) fn parse(html: &str) -> Result<Tree, HtmlTooLarge> {
    let is_full = Rc::new(Cell::new(false));
    let root = Node { parent: None, children: Vec::new(), depth: 0, kind: Kind::Root };
    let sink = Sink { nodes: RefCell::new(vec![root]), is_full: Rc::clone(&is_full) };
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let mut parser = parse_fragment(sink, ParseOpts::default(), context, Vec::new(), false);
    let mut rest = html;
    while !rest.is_empty() {
        let mut end = CHUNK.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (chunk, behind) = rest.split_at(end);
        parser.process(StrTendril::from(chunk));
        if is_full.get() {
            return Err(HtmlTooLarge);
        }
        rest = behind;
    }
    let nodes = parser.finish();
    if is_full.get() { Err(HtmlTooLarge) } else { Ok(Tree { nodes }) }
}

impl Tree {
    /// Where the content begins: the parser puts a `html` element around a fragment.
    pub fn content(&self) -> usize {
        self.children(0).iter().copied().find(|child| self.name(*child) == Some("html")).unwrap_or(0)
    }

    pub fn children(&self, node: usize) -> &[usize] {
        &self.nodes[node].children
    }

    /// The name of an HTML element.
    pub fn name(&self, node: usize) -> Option<&str> {
        match &self.nodes[node].kind {
            Kind::Element { name, .. } => Some(&*name.local),
            _ => None,
        }
    }

    pub fn text(&self, node: usize) -> Option<&str> {
        match &self.nodes[node].kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn attribute(&self, node: usize, wanted: &str) -> Option<&str> {
        match &self.nodes[node].kind {
            Kind::Element { attributes, .. } => {
                attributes.iter().find(|one| &*one.name.local == wanted).map(|one| &*one.value)
            }
            _ => None,
        }
    }

    /// The first element of this name below a node.
    pub fn first(&self, node: usize, wanted: &str) -> Option<usize> {
        let mut waiting = vec![node];
        while let Some(next) = waiting.pop() {
            if next != node && self.name(next) == Some(wanted) {
                return Some(next);
            }
            waiting.extend(self.children(next).iter().rev());
        }
        None
    }

    /// All words below a node, however deep.
    pub fn words(&self, node: usize) -> String {
        let mut words = String::new();
        let mut waiting = vec![node];
        while let Some(next) = waiting.pop() {
            match &self.nodes[next].kind {
                Kind::Text(text) => words.push_str(text),
                Kind::Element { name, .. } if matches!(&*name.local, "script" | "style" | "template") => {}
                _ => waiting.extend(self.children(next).iter().rev()),
            }
        }
        words
    }
}

struct Sink {
    nodes: RefCell<Vec<Node>>,
    is_full: Rc<Cell<bool>>,
}

impl Sink {
    /// Adds a node; where the tree is full, all of them are one that stands nowhere.
    fn add(&self, kind: Kind) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        if nodes.len() >= MOST_NODES {
            self.is_full.set(true);
        }
        nodes.push(Node { parent: None, children: Vec::new(), depth: 0, kind });
        nodes.len() - 1
    }

    /// Puts something into a parent at a place; words beside words become one text.
    fn put(&self, parent: usize, place: usize, child: NodeOrText<usize>) {
        let child = match child {
            NodeOrText::AppendNode(node) => node,
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = place.checked_sub(1).and_then(|place| nodes[parent].children.get(place)).copied();
                if let Some(before) = before
                    && let Kind::Text(words) = &mut nodes[before].kind
                {
                    words.push_str(&text);
                    return;
                }
                drop(nodes);
                self.add(Kind::Text(text.to_string()))
            }
        };
        self.detach(child);
        let mut nodes = self.nodes.borrow_mut();
        nodes[child].parent = Some(parent);
        nodes[child].depth = nodes[parent].depth + 1;
        if nodes[child].depth > MOST_DEEP {
            self.is_full.set(true);
        }
        let place = place.min(nodes[parent].children.len());
        nodes[parent].children.insert(place, child);
    }

    fn detach(&self, node: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[node].parent.take() {
            nodes[parent].children.retain(|child| *child != node);
        }
    }
}

/// An element's name, as the parser asks for it.
#[derive(Debug)]
struct Name(QualName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Vec<Node>;
    type ElemName<'a> = Name;

    fn finish(self) -> Vec<Node> {
        self.nodes.into_inner()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> Name {
        match &self.nodes.borrow()[*target].kind {
            Kind::Element { name, .. } => Name(name.clone()),
            _ => Name(QualName::new(None, ns!(html), local_name!(""))),
        }
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _flags: ElementFlags) -> usize {
        self.add(Kind::Element { name, attributes })
    }

    fn create_comment(&self, _text: StrTendril) -> usize {
        self.add(Kind::Silent)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> usize {
        self.add(Kind::Silent)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        let place = self.nodes.borrow()[*parent].children.len();
        self.put(*parent, place, child);
    }

    fn append_based_on_parent_node(&self, element: &usize, previous: &usize, child: NodeOrText<usize>) {
        if self.nodes.borrow()[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public: StrTendril, _system: StrTendril) {}

    /// What is in a template is never shown; it stands in the template itself, which nobody reads.
    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, one: &usize, other: &usize) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        let (parent, place) = {
            let nodes = self.nodes.borrow();
            let Some(parent) = nodes[*sibling].parent else { return };
            (parent, nodes[parent].children.iter().position(|child| child == sibling).unwrap_or(0))
        };
        self.put(parent, place, child);
    }

    fn add_attrs_if_missing(&self, target: &usize, more: Vec<Attribute>) {
        if let Kind::Element { attributes, .. } = &mut self.nodes.borrow_mut()[*target].kind {
            for attribute in more {
                if !attributes.iter().any(|known| known.name == attribute.name) {
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &usize, new_parent: &usize) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[*node].children);
        for child in &children {
            nodes[*child].parent = Some(*new_parent);
        }
        nodes[*new_parent].children.extend(children);
    }
}
