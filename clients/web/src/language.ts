// The page's own words in English and Chinese, and names for the vocabulary of the graph.
import { createContext, useContext } from "react";
import { FactStatus, NodeKind } from "./gen/partnergraph/v1/graph_pb";

export type Language = "en" | "zh";

const WORDS = {
  tagline: ["Who partners with whom, and who says so", "谁与谁合作，谁说的"],
  searchLabel: ["Search companies, people and products", "搜索公司、人物与产品"],
  searchHint: ["Company, person or product: 中文, English or pinyin", "公司、人物或产品：中文、英文或拼音"],
  noMatch: ["No match", "没有匹配结果"],
  searching: ["Searching…", "搜索中…"],
  loading: ["Loading…", "加载中…"],
  failed: ["That did not work", "出错了"],
  retry: ["Try again", "重试"],
  hops: ["Hops", "跳数"],
  dealsAsNodes: ["Deals as nodes", "显示合作节点"],
  zoomIn: ["Zoom in", "放大"],
  zoomOut: ["Zoom out", "缩小"],
  fit: ["Fit to view", "适应窗口"],
  reset: ["Reset", "重置"],
  expand: ["Expand", "展开"],
  expandHint: ["Adds what lies around this node (or double-click it)", "展开该节点的邻居（或双击节点）"],
  centre: ["Centre the graph here", "以此为中心"],
  more: ["more not shown", "个未显示"],
  moreUnknown: ["There is more than is shown", "还有更多未显示"],
  cap: ["The drawing holds at most 300 nodes", "图中最多显示 300 个节点"],
  partnerships: ["Partnerships", "合作"],
  noPartnerships: ["No partnership is known", "暂无合作记录"],
  otherFacts: ["Other facts", "其他事实"],
  aliases: ["Also known as", "又称"],
  articles: ["articles", "篇文章"],
  edges: ["links", "条关系"],
  loadMore: ["Load more", "加载更多"],
  evidence: ["Evidence", "证据"],
  evidenceHint: [
    "Choose a partnership to read who says so: the quoted sentence, and the article it stands in.",
    "选择一项合作，查看证据：原文句子及其所在文章。",
  ],
  close: ["Close", "关闭"],
  sources: ["sources", "个来源"],
  source: ["source", "个来源"],
  confidence: ["Confidence of the extraction", "抽取置信度"],
  confidenceShort: ["conf.", "置信"],
  undated: ["undated", "日期不详"],
  parties: ["Parties", "合作方"],
  people: ["People", "人物"],
  products: ["Products", "产品"],
  location: ["Place", "地点"],
  terms: ["Terms", "条款"],
  openArticle: ["Open the original", "打开原文"],
  extractor: ["Read by", "抽取器"],
  noWebGl: [
    "This browser cannot draw the graph (no WebGL). The lists beside it work all the same.",
    "此浏览器无法绘制图形（缺少 WebGL），旁边的列表仍可使用。",
  ],
  graphLabel: ["Graph of the neighbourhood", "关系图"],
  nodesInGraph: ["Nodes in the graph", "图中节点"],
  startTitle: ["Start with a name", "从一个名字开始"],
  startText: [
    "Every company, person, product and deal here was read from articles, and each line of the graph can show the sentence it comes from.",
    "这里的每家公司、人物、产品与合作都来自文章，图中每条关系都能追溯到原文句子。",
  ],
  companies: ["companies", "家公司"],
  persons: ["people", "位人物"],
  productsCount: ["products", "个产品"],
  deals: ["partnerships", "项合作"],
  emptyStore: [
    "Nothing has been read yet. Feed it with: partnergraph ingest FILE",
    "尚无数据。请运行：partnergraph ingest FILE",
  ],
} as const;

export type Word = keyof typeof WORDS;

const NODE_KINDS: Record<number, readonly [string, string]> = {
  [NodeKind.COMPANY]: ["Company", "公司"],
  [NodeKind.PERSON]: ["Person", "人物"],
  [NodeKind.PRODUCT]: ["Product", "产品"],
  [NodeKind.PARTNERSHIP]: ["Deal", "合作"],
};

const STATUSES: Record<number, readonly [string, string]> = {
  [FactStatus.RUMOURED]: ["rumoured", "传闻"],
  [FactStatus.PLANNED]: ["planned", "计划中"],
  [FactStatus.ANNOUNCED]: ["announced", "已公布"],
  [FactStatus.ACTIVE]: ["active", "进行中"],
  [FactStatus.ENDED]: ["ended", "已结束"],
  [FactStatus.DENIED]: ["denied", "已否认"],
};

// Kinds, roles, organization and edge types. The schema is data: what is not listed is shown as it is.
const TERMS: Record<string, readonly [string, string]> = {
  STRATEGIC_COOPERATION: ["Strategic cooperation", "战略合作"],
  JOINT_VENTURE: ["Joint venture", "合资"],
  TECHNOLOGY_INTEGRATION: ["Technology integration", "技术对接"],
  SUPPLY: ["Supply", "供应"],
  RESEARCH: ["Research", "研究"],
  EDUCATION: ["Education", "教育"],
  INVESTMENT: ["Investment", "投资"],
  ACQUISITION: ["Acquisition", "收购"],
  INCUBATION: ["Incubation", "孵化"],
  DISTRIBUTION: ["Distribution", "分销"],
  PARTY: ["party", "合作方"],
  PROVIDER: ["provider", "提供方"],
  CUSTOMER: ["customer", "客户"],
  FOUNDER: ["founder", "发起方"],
  VENTURE: ["venture", "合资实体"],
  INVESTOR: ["investor", "投资方"],
  INVESTEE: ["investee", "被投方"],
  ACQUIRER: ["acquirer", "收购方"],
  TARGET: ["target", "被收购方"],
  INCUBATOR: ["incubator", "孵化方"],
  INCUBATEE: ["incubatee", "被孵化方"],
  FUNDER: ["funder", "资助方"],
  HOST: ["host", "主办方"],
  MEMBER: ["member", "成员"],
  SIGNATORY: ["signatory", "签约人"],
  REPRESENTATIVE: ["representative", "代表"],
  ATTENDEE: ["attendee", "出席"],
  COMPANY: ["Company", "公司"],
  FINANCIAL: ["Financial institution", "金融机构"],
  UNIVERSITY: ["University", "大学"],
  SCHOOL: ["School", "学校"],
  HOSPITAL: ["Hospital", "医院"],
  GOVERNMENT: ["Government", "政府机构"],
  NONPROFIT: ["Nonprofit", "非营利机构"],
  OTHER: ["Other", "其他"],
  AMOUNT: ["Amount", "金额"],
  STAKE: ["Stake", "股权"],
  ROUND: ["Round", "轮次"],
  VALUATION: ["Valuation", "估值"],
  CAPITAL: ["Registered capital", "注册资本"],
  PARTY_TO: ["party to", "参与合作"],
  TOOK_PART_IN: ["took part in", "出席合作"],
  CONCERNS: ["concerns", "涉及"],
  EMPLOYED_BY: ["works for", "任职于"],
  FOUNDED: ["founded", "创立"],
  DEVELOPS: ["develops", "开发"],
  USES: ["uses", "使用"],
  PART_OF: ["part of", "隶属于"],
  PARTNER_WITH: ["partner of", "合作伙伴"],
};

export class Translator {
  constructor(readonly language: Language) {}
  private pick(pair: readonly [string, string]): string {
    return pair[this.language === "zh" ? 1 : 0];
  }
  word(word: Word): string {
    return this.pick(WORDS[word]);
  }
  term(term: string): string {
    const pair = TERMS[term];
    return pair ? this.pick(pair) : term.replaceAll("_", " ").toLowerCase();
  }
  nodeKind(kind: NodeKind): string {
    return this.pick(NODE_KINDS[kind] ?? ["", ""]);
  }
  status(status: FactStatus): string {
    return this.pick(STATUSES[status] ?? ["", ""]);
  }
}

export const TranslatorContext = createContext(new Translator("en"));
export const useTranslator = (): Translator => useContext(TranslatorContext);
