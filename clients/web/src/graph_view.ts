// Draws a graph. The only module that knows the drawing library.
import forceAtlas2 from "graphology-layout-forceatlas2";
import { MultiDirectedGraph } from "graphology";
import Sigma from "sigma";
import { NodeKind } from "./gen/partnergraph/v1/graph_pb";
import { columnsOf, KIND_COLORS, shorten } from "./format";

export interface ViewNode {
  id: string;
  kind: NodeKind;
  name: string;
  label: string;
  degree: number;
  ring: number;
}

export interface ViewEdge {
  id: string;
  source: string;
  target: string;
  type: string;
  label: string;
  factId: bigint;
  // Talked of or planned only.
  tentative: boolean;
}

export interface GraphViewHandlers {
  onSelectNode: (id: string) => void;
  onExpandNode: (id: string) => void;
  onSelectEdge: (factId: bigint) => void;
}

const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const FADED_NODE = "#dfe3ea";
const EDGE = "#b9c1cf";
const EDGE_TENTATIVE = "#dde1e9";
const EDGE_SELECTED = "#5b6b86";
const LABEL_COLUMNS_MAX = 32;
// With at least this much room for each node every label is drawn; else the library thins them out.
const LABEL_AREA_PIXELS = 7_000;
const PADDING_PIXELS_MAX = 70;
// A little to the left of the middle: labels stand to the right of their nodes.
const HOME = { x: 0.55, y: 0.5, ratio: 1, angle: 0 };
const LABEL_HEIGHT_PIXELS = 19;
const LABEL_COLUMN_PIXELS = 7;

interface NodeAttributes {
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  name: string;
  kind: NodeKind;
}
interface EdgeAttributes {
  size: number;
  color: string;
  label: string;
  type: string;
  edgeType: string;
  factId: bigint;
}

export class GraphView {
  private readonly graph = new MultiDirectedGraph<NodeAttributes, EdgeAttributes>();
  private readonly sigma: Sigma<NodeAttributes, EdgeAttributes>;
  private readonly resizes: ResizeObserver;
  private selected: string | null = null;
  private faded = false;
  private room = 0;
  private hovered: string | null = null;
  private hiddenKinds: ReadonlySet<NodeKind> = new Set();
  private hiddenTypes: ReadonlySet<string> = new Set();

  // Throws when the browser has no WebGL.
  constructor(container: HTMLElement, handlers: GraphViewHandlers) {
    this.sigma = new Sigma(this.graph, container, {
      allowInvalidContainer: true,
      labelFont: FONT,
      labelSize: 13,
      labelColor: { color: "#1d2635" },
      labelDensity: 1,
      labelGridCellSize: 90,
      labelRenderedSizeThreshold: 5,
      edgeLabelFont: FONT,
      edgeLabelSize: 11,
      edgeLabelColor: { color: "#5b6b86" },
      renderEdgeLabels: true,
      enableEdgeEvents: true,
      defaultEdgeType: "line",
      zIndex: true,
      doubleClickZoomingRatio: 1,
      nodeReducer: (id, data) => this.reduceNode(id, data),
      edgeReducer: (id, data) => this.reduceEdge(id, data),
    });
    // The library watches the window only, not the panels beside it.
    this.resizes = new ResizeObserver(() => {
      this.room = container.clientWidth * container.clientHeight;
      const padding = Math.min(PADDING_PIXELS_MAX, container.clientWidth / 8);
      this.sigma.resize().setSetting("stagePadding", padding).refresh();
    });
    this.resizes.observe(container);
    this.sigma.on("clickNode", ({ node }) => handlers.onSelectNode(node));
    this.sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
      preventSigmaDefault();
      handlers.onExpandNode(node);
    });
    this.sigma.on("clickEdge", ({ edge }) =>
      handlers.onSelectEdge(this.graph.getEdgeAttribute(edge, "factId")),
    );
    this.sigma.on("enterNode", ({ node }) => this.hover(node, container));
    this.sigma.on("leaveNode", () => this.hover(null, container));
    this.sigma.on("enterEdge", () => (container.style.cursor = "pointer"));
    this.sigma.on("leaveEdge", () => (container.style.cursor = ""));
  }

  // Shows exactly these. What was shown before keeps its place, new nodes start beside a neighbour.
  setData(nodes: readonly ViewNode[], edges: readonly ViewEdge[]): void {
    const wanted = new Set(nodes.map((node) => node.id));
    for (const id of this.graph.nodes()) if (!wanted.has(id)) this.graph.dropNode(id);
    this.graph.clearEdges();
    const neighbour = new Map<string, string>();
    for (const edge of edges) {
      neighbour.set(edge.source, edge.target).set(edge.target, edge.source);
    }
    const fresh = this.graph.order === 0;
    nodes.forEach((node, index) => {
      const attributes = {
        size: nodeSize(node),
        color: KIND_COLORS[node.kind] ?? "#667085",
        label: shorten(node.label, LABEL_COLUMNS_MAX),
        name: node.name,
        kind: node.kind,
      };
      if (this.graph.hasNode(node.id)) {
        this.graph.mergeNodeAttributes(node.id, attributes);
        return;
      }
      const near = neighbour.get(node.id);
      const from = near && this.graph.hasNode(near) ? this.graph.getNodeAttributes(near) : null;
      // The golden angle spreads any number of nodes without a random choice.
      const angle = index * 2.399963;
      const radius = from ? 2 : node.ring * 10;
      this.graph.addNode(node.id, {
        ...attributes,
        x: (from?.x ?? 0) + radius * Math.cos(angle),
        y: (from?.y ?? 0) + radius * Math.sin(angle),
      });
    });
    for (const edge of edges) {
      if (!this.graph.hasNode(edge.source) || !this.graph.hasNode(edge.target)) continue;
      this.graph.mergeEdgeWithKey(edge.id, edge.source, edge.target, {
        size: 1.5,
        color: edge.tentative ? EDGE_TENTATIVE : EDGE,
        label: edge.label,
        type: "line",
        edgeType: edge.type,
        factId: edge.factId,
      });
    }
    this.layout(fresh ? 400 : 150);
    if (fresh) this.fit();
  }

  // Marks a node; with `faded` everything that is not beside it fades.
  setSelected(id: string | null, faded: boolean): void {
    this.selected = id;
    this.faded = faded;
    this.sigma.refresh();
  }

  setHidden(kinds: ReadonlySet<NodeKind>, types: ReadonlySet<string>): void {
    this.hiddenKinds = kinds;
    this.hiddenTypes = types;
    this.sigma.refresh();
  }

  zoom(factor: number): void {
    const camera = this.sigma.getCamera();
    void camera.animate({ ratio: camera.ratio / factor }, { duration: 200 });
  }

  fit(): void {
    void this.sigma.getCamera().animate(HOME, { duration: 300 });
  }

  // Where a node is drawn, in pixels from the container's corner.
  positionOf(id: string): { x: number; y: number } | null {
    if (!this.graph.hasNode(id)) return null;
    const { x, y } = this.graph.getNodeAttributes(id);
    return this.sigma.graphToViewport({ x, y });
  }

  destroy(): void {
    this.resizes.disconnect();
    this.sigma.kill();
  }

  private layout(iterations: number): void {
    if (this.graph.order < 2) return;
    forceAtlas2.assign(this.graph, {
      iterations,
      settings: {
        ...forceAtlas2.inferSettings(this.graph),
        adjustSizes: false,
        linLogMode: false,
        gravity: 0.6,
        scalingRatio: 30,
        slowDown: 4,
      },
    });
    this.separateLabels();
  }

  // Moves nodes up or down until no label covers another, when there is room for all labels.
  private separateLabels(): void {
    const { width, height } = this.sigma.getDimensions();
    if (this.graph.order * LABEL_AREA_PIXELS > width * height) return;
    const nodes = this.graph.mapNodes((id, { x, y, size, label }) => ({ id, x, y, size, label }));
    const extent = (values: number[]) => Math.max(...values) - Math.min(...values) || 1;
    const scale = Math.min(
      (width - 2 * PADDING_PIXELS_MAX) / extent(nodes.map((node) => node.x)),
      (height - 2 * PADDING_PIXELS_MAX) / extent(nodes.map((node) => node.y)),
    );
    const boxes = nodes.map(({ id, x, y, size, label }) => {
      const columns = [...label].reduce((sum, character) => sum + columnsOf(character), 0);
      const left = x * scale - size;
      return { id, left, right: left + 2 * size + 5 + columns * LABEL_COLUMN_PIXELS, y: y * scale };
    });
    for (let round = 0; round < 60; ++round) {
      let moved = false;
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1)) {
          const missing = LABEL_HEIGHT_PIXELS - Math.abs(a.y - b.y);
          if (missing <= 0.5 || a.left >= b.right || b.left >= a.right) continue;
          const push = (a.y < b.y ? -missing : missing) / 2;
          a.y += push;
          b.y -= push;
          moved = true;
        }
      });
      if (!moved) break;
    }
    for (const box of boxes) this.graph.setNodeAttribute(box.id, "y", box.y / scale);
  }

  private hover(id: string | null, container: HTMLElement): void {
    this.hovered = id;
    container.style.cursor = id === null ? "" : "pointer";
    this.sigma.refresh({ skipIndexation: true });
  }

  private isHidden(id: string): boolean {
    return this.hiddenKinds.has(this.graph.getNodeAttribute(id, "kind"));
  }

  // The node that everything else is faded against.
  private get focus(): string | null {
    const id = this.hovered ?? (this.faded ? this.selected : null);
    return id !== null && this.graph.hasNode(id) && !this.isHidden(id) ? id : null;
  }

  private reduceNode(id: string, data: NodeAttributes) {
    if (this.isHidden(id)) return { ...data, hidden: true };
    const focus = this.focus;
    const near = focus === null || id === focus || this.graph.areNeighbors(id, focus);
    const few = this.graph.order * LABEL_AREA_PIXELS <= this.room;
    return {
      ...data,
      color: near ? data.color : mix(data.color),
      label: id === this.hovered ? data.name : data.label,
      highlighted: id === this.selected || id === this.hovered,
      forceLabel: few || id === this.selected || (near && focus !== null),
      zIndex: near ? 1 : 0,
    };
  }

  private reduceEdge(id: string, data: EdgeAttributes) {
    const [source, target] = this.graph.extremities(id);
    const hidden =
      this.hiddenTypes.has(data.edgeType) || this.isHidden(source) || this.isHidden(target);
    const focus = this.focus;
    const near = focus !== null && (source === focus || target === focus);
    return {
      ...data,
      hidden,
      label: near ? data.label : "",
      color: near ? EDGE_SELECTED : data.color,
      size: near ? 2 : data.size,
      zIndex: near ? 1 : 0,
    };
  }
}

function nodeSize(node: ViewNode): number {
  const base = node.kind === NodeKind.COMPANY ? 8 : node.kind === NodeKind.PARTNERSHIP ? 6 : 5.5;
  return base + Math.min(8, Math.log2(1 + node.degree)) + (node.ring === 0 ? 3 : 0);
}

// The colour, mostly faded into the background.
function mix(color: string): string {
  const part = (at: number) => {
    const own = parseInt(color.slice(at, at + 2), 16);
    const faded = parseInt(FADED_NODE.slice(at, at + 2), 16);
    return Math.round(own * 0.35 + faded * 0.65)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}
