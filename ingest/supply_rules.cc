// Supply, orders, tenders, distribution, integration of technology, incubation.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/deal_candidate.h"

namespace partnergraph {
namespace {

using std::u32string_view;

class SupplyFinder {
 public:
  SupplyFinder(const SentenceView& view, const Discourse& discourse, CandidateSink& sink)
      : view_(view), discourse_(discourse), sink_(sink) {}

  void Run() {
    for (const CueHit& hit : view_.cues()) {
      switch (hit.cue) {
        case Cue::kSupply:
          if (Text(hit.span).starts_with(U"供应链")) {
            HanSupplyChain(hit.span);
            break;
          }
          view_.english() ? LatinSupply(hit.span) : HanSupply(hit.span);
          break;
        case Cue::kPurchase:
          view_.english() ? LatinPurchase(hit.span) : HanPurchase(hit.span);
          break;
        case Cue::kWinBid:
          view_.english() ? LatinWin(hit.span) : HanWin(hit.span);
          break;
        case Cue::kSupplier:
          Listed(hit.span);
          if (!view_.english()) HanSupplier(hit.span);
          break;
        case Cue::kDistribute:
          view_.english() ? LatinDistribute(hit.span) : HanDistribute(hit.span);
          break;
        case Cue::kBuiltOn:
          if (view_.english()) {
            LatinMadeBy(hit.span);
          } else {
            HanAdopt(hit.span);
          }
          break;
        case Cue::kJointAct:
          Sponsor(hit.span);
          break;
        case Cue::kTechSupport:
          if (!view_.english() && Text(hit.span).starts_with(U"提供")) {
            if (!HanSupplyToIt(hit.span)) HanSuppliedBy(hit.span);
          }
          break;
        case Cue::kIntegrate:
          if (!view_.english()) HanIntegrate(hit.span);
          break;
        case Cue::kIncubate:
          if (!view_.english()) HanIncubate(hit.span);
          break;
        default:
          break;
      }
    }
  }

 private:
  u32string_view Text(Span span) const { return view_.Between(span.begin, span.end); }

  const Group* Earlier(const Group& group) const {
    return group.span.begin > view_.span().begin ? view_.GroupBefore(group.span.begin - 1)
                                                 : nullptr;
  }

  std::vector<uint32_t> Subject(const Group* group, uint32_t position, float& confidence) const {
    if (group != nullptr) return group->entities;
    confidence -= 0.15f;
    if (const auto company = discourse_.Antecedent(view_, position)) return {*company};
    return {};
  }

  void AddPair(std::string_view kind, const std::vector<uint32_t>& providers,
               const std::vector<uint32_t>& customers, Span cue, float confidence,
               const char* rule) {
    if (providers.empty() || customers.empty()) return;
    // One supplies several, or is supplied by several: a deal with each.
    if (kind == "SUPPLY" && std::min(providers.size(), customers.size()) == 1 &&
        std::max(providers.size(), customers.size()) > 1) {
      for (const uint32_t provider : providers) {
        for (const uint32_t customer : customers) {
          if (provider != customer) AddPair(kind, {provider}, {customer}, cue, confidence, rule);
        }
      }
      return;
    }
    const bool incubation = kind == "INCUBATION";
    std::vector<Participation> parties = WithRole(providers, incubation ? "INCUBATOR" : "PROVIDER");
    AddParties(parties, customers, incubation ? "INCUBATEE" : "CUSTOMER");
    const bool both = parties.front().role != parties.back().role;
    if (both) sink_.Add(kind, std::move(parties), cue, confidence, rule);
  }

  // "A向B供应X", "A为B提供X".
  void HanSupply(Span cue) {
    const Group* customer = view_.GroupBefore(cue.begin);
    if (HanSupplyToIt(cue) || HanSuppliedBy(cue) || HanSupplyDirect(cue)) return;
    if (customer == nullptr || cue.begin - customer->span.end > 12 ||
        view_.Between(customer->span.end, cue.begin).find(U',') != u32string_view::npos) {
      return;
    }
    const char32_t preposition = Preposition(view_, *customer);
    if (preposition != U'向' && preposition != U'为' && preposition != U'给' &&
        preposition != U'对')
      return;
    const u32string_view verb = Text(cue);
    const Span clause = view_.Clause(cue.begin);
    const u32string_view rest = view_.Between(cue.end, clause.end);
    const bool technology = rest.find(U"技术") != u32string_view::npos ||
                            rest.find(U"算法") != u32string_view::npos ||
                            view_.Has(Cue::kTechSupport, cue.begin, clause.end);
    float confidence = verb == U"提供" ? 0.55f : 0.7f;
    const std::vector<uint32_t> providers =
        Subject(Earlier(*customer), customer->span.begin, confidence);
    AddPair(technology ? "TECHNOLOGY_INTEGRATION" : "SUPPLY", providers, customer->entities, cue,
            confidence, "supplies to");
  }

  // "A供货B、C", "A交付给B".
  bool HanSupplyDirect(Span cue) {
    const u32string_view verb = Text(cue);
    if (verb != U"供货" && verb != U"供应" && verb != U"供应给" && verb != U"交付" &&
        verb != U"销往") {
      return false;
    }
    const Group* customer = view_.GroupAfter(cue.end);
    if (customer == nullptr || customer->with) return false;
    const u32string_view link = TrimMarks(view_.Between(cue.end, customer->span.begin));
    const bool to = link == U"给" || link == U"予" || link == U"至";
    if (!to && (!link.empty() || verb == U"交付" || verb == U"供应")) return false;
    const Group* provider = view_.GroupBefore(cue.begin);
    if (provider != nullptr && cue.begin - provider->span.end > 30) provider = nullptr;
    float confidence = 0.7f;
    AddPair("SUPPLY", Subject(provider, cue.begin, confidence), customer->entities, cue, confidence,
            "supplies directly");
    return true;
  }

  // "A赞助B", "A向B捐赠X", "A成为B的赞助商"; "A sponsors B", "A donated X to B".
  void Sponsor(Span cue) {
    const u32string_view verb = Text(cue);
    float confidence = 0.62f;
    if (view_.english()) {
      const bool gives = verb.starts_with(U"donat");
      if (!gives && verb != U"sponsors" && verb != U"sponsored") return;
      const Group* object = view_.GroupAfter(cue.end);
      if (object == nullptr || object->span.begin - cue.end > (gives ? 60 : 6)) return;
      const u32string_view link = view_.Between(cue.end, object->span.begin);
      if (gives && link.find(U" to ") == u32string_view::npos) return;
      AddPair("OTHER", Subject(LatinSubject(cue.begin), cue.begin, confidence), object->entities,
              cue, confidence, "sponsors");
      return;
    }
    if (!verb.starts_with(U"赞助") && !verb.starts_with(U"捐") && verb != U"冠名") return;
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 20) before = nullptr;
    const char32_t preposition = before != nullptr ? Preposition(view_, *before) : U'\0';
    if (preposition == U'向' || preposition == U'为' || preposition == U'给' ||
        preposition == U'对') {
      AddPair("OTHER", Subject(Earlier(*before), before->span.begin, confidence), before->entities,
              cue, confidence, "sponsors");
      return;
    }
    const Argument object = ObjectAfter(view_, cue.end, 4);
    if (object.empty()) return;
    AddPair("OTHER", Subject(before, cue.begin, confidence), object.entities, cue, confidence,
            "sponsors");
  }

  // "A也为其提供技术支持": the company that the sentence before was about.
  bool HanSupplyToIt(Span cue) {
    const uint32_t from = cue.begin > view_.span().begin + 3 ? cue.begin - 3 : view_.span().begin;
    const u32string_view before = view_.Between(from, cue.begin);
    if (before.find(U"为其") == u32string_view::npos &&
        before.find(U"向其") == u32string_view::npos)
      return false;
    const Group* provider = view_.GroupBefore(cue.begin);
    if (provider == nullptr) return true;
    const std::optional<uint32_t> customer = discourse_.SubjectBeside(provider->entities.back());
    if (!customer) return true;
    const Span clause = view_.Clause(cue.begin);
    const bool technology =
        view_.Has(Cue::kTechSupport, cue.begin, clause.end) ||
        view_.Between(cue.end, clause.end).find(U"技术") != u32string_view::npos;
    AddPair(technology ? "TECHNOLOGY_INTEGRATION" : "SUPPLY", {provider->entities.back()},
            {*customer}, cue, 0.5f, "supplies to it");
    return true;
  }

  // "X由B提供", "由平台公司B提供支持的功能": B supplies whom the text speaks of.
  bool HanSuppliedBy(Span cue) {
    const Group* provider = view_.GroupBefore(cue.begin);
    if (provider == nullptr || cue.begin - provider->span.end > 16 || provider->with) return false;
    const Span clause = view_.Clause(provider->span.begin);
    const uint32_t from =
        std::max(clause.begin, provider->span.begin > 26 ? provider->span.begin - 26 : 0);
    if (view_.Between(from, provider->span.begin).find(U'由') == u32string_view::npos ||
        view_.Between(provider->span.end, cue.begin).find(U',') != u32string_view::npos) {
      return false;
    }
    const Span rest{cue.begin, std::min(view_.Clause(cue.begin).end, cue.end + 12)};
    const bool technology = view_.Has(Cue::kTechSupport, rest.begin, rest.end) ||
                            view_.Between(cue.end, rest.end).starts_with(U"支持") ||
                            view_.Between(cue.end, rest.end).starts_with(U"技术");
    const Group* customer =
        provider->span.begin > view_.span().begin ? view_.GroupBefore(from) : nullptr;
    std::optional<uint32_t> other;
    if (customer != nullptr) {
      other = customer->entities.front();
    } else if (technology || discourse_.topic() == provider->entities.front()) {
      other = discourse_.SubjectBeside(provider->entities.front());
    } else {
      other = discourse_.topic();
    }
    if (other) {
      AddPair(technology ? "TECHNOLOGY_INTEGRATION" : "SUPPLY", provider->entities, {*other}, cue,
              customer != nullptr || technology ? 0.52f : 0.48f, "supplied by");
    }
    return true;
  }

  // "A采用B供应的P", "A的引擎获B采用".
  void HanAdopt(Span cue) {
    const u32string_view verb = Text(cue);
    if (verb != U"采用" && verb != U"使用" && verb != U"选用" && verb != U"应用") return;
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end <= 4) {
      const char32_t preposition = Preposition(view_, *before);
      if (preposition == U'获' || preposition == U'被') {
        float confidence = 0.65f;
        const std::vector<uint32_t> providers =
            Subject(Earlier(*before), before->span.begin, confidence);
        AddPair("TECHNOLOGY_INTEGRATION", providers, before->entities, cue, confidence,
                "adopted by");
        return;
      }
    }
    const Argument provider = ObjectAfter(view_, cue.end, 4);
    if (provider.empty()) return;
    const u32string_view after =
        view_.Between(provider.span.end, std::min(view_.span().end, provider.span.end + 3));
    const bool supplied =
        after.starts_with(U"供应") || after.starts_with(U"提供") || after.starts_with(U"生产");
    const bool loose = !supplied && !after.starts_with(U"的");
    // What follows a name without 的 must be a thing's name.
    if (loose && (after.empty() || TrimMarks(after).size() < after.size())) return;
    const Span clause = view_.Clause(cue.begin);
    if (before != nullptr && before->span.begin < clause.begin) before = nullptr;
    float confidence = supplied ? 0.7f : loose ? 0.5f : 0.65f;
    AddPair(supplied ? "SUPPLY" : "TECHNOLOGY_INTEGRATION", provider.entities,
            Subject(before, cue.begin, confidence), cue, confidence, "adopts");
  }

  // "A has appointed B as exclusive distributor".
  void LatinDistribute(Span cue) {
    const Group* distributor = view_.GroupBefore(cue.begin);
    if (distributor == nullptr || cue.begin - distributor->span.end > 40) return;
    const u32string_view between = view_.Between(distributor->span.end, cue.begin);
    if (!between.starts_with(U" as ")) return;
    const Group* maker = Earlier(*distributor);
    if (maker == nullptr || distributor->span.begin - maker->span.end > 40) return;
    AddPair("DISTRIBUTION", maker->entities, distributor->entities, cue, 0.75f,
            "appoints distributor");
  }

  // "A的客户包括B、C", "clients including B and C", "进入B、C供应链": a deal with each.
  void Listed(Span cue) {
    const Group* customers = view_.GroupAfter(cue.end);
    const u32string_view noun = Text(cue);
    bool provider_role =
        noun.starts_with(U"供") || noun.starts_with(U"suppl") || noun.starts_with(U"vendor");
    if (customers == nullptr || customers->span.begin - cue.end > 14) return;
    u32string_view link = view_.Between(cue.end, customers->span.begin);
    // "Clients of A include B and C".
    const Group* owner = nullptr;
    if (link == U" of ") {
      owner = customers;
      customers = view_.GroupAfter(owner->span.end);
      if (customers == nullptr || customers->span.begin - owner->span.end > 14) return;
      link = view_.Between(owner->span.end, customers->span.begin);
    }
    const bool listing = link.find(U"包括") != u32string_view::npos ||
                         link.find(U"涵盖") != u32string_view::npos ||
                         link.find(U"includ") != u32string_view::npos ||
                         link.find(U"such as") != u32string_view::npos || link == U"为" ||
                         link == U"有" || link == U"是" || link == U"覆盖";
    if (!listing) return;
    const Group* subject = owner != nullptr ? owner : view_.GroupBefore(cue.begin);
    float confidence = 0.65f;
    const std::vector<uint32_t> own = Subject(subject, cue.begin, confidence);
    if (own.size() != 1) return;
    for (const uint32_t entity : customers->entities) {
      if (provider_role) {
        AddPair("SUPPLY", {entity}, own, cue, confidence, "listed supplier");
      } else {
        AddPair("SUPPLY", own, {entity}, cue, confidence, "listed customer");
      }
    }
  }

  // "进入B、C供应链".
  void HanSupplyChain(Span cue) {
    const Group* customers = view_.GroupBefore(cue.begin);
    if (customers == nullptr || cue.begin - customers->span.end > 12) return;
    const uint32_t from = customers->span.begin > view_.span().begin + 6 ? customers->span.begin - 6
                                                                         : view_.span().begin;
    if (view_.Between(from, customers->span.begin).find(U"入") == u32string_view::npos) return;
    float confidence = 0.7f;
    const std::vector<uint32_t> own =
        Subject(Earlier(*customers), customers->span.begin, confidence);
    if (own.size() != 1) return;
    for (const uint32_t entity : customers->entities) {
      AddPair("SUPPLY", own, {entity}, cue, confidence, "in the supply chain of");
    }
  }

  // "A向B采购X", "A采购B的X".
  void HanPurchase(Span cue) {
    const u32string_view verb = Text(cue);
    if (verb == U"招标" || verb == U"选择" || verb == U"引进") return;
    if (view_.Has(Cue::kStake, cue.end, view_.Clause(cue.end).end)) return;  // Not goods.
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 20) before = nullptr;
    float confidence = 0.7f;
    if (before != nullptr &&
        (Preposition(view_, *before) == U'向' || Preposition(view_, *before) == U'从')) {
      const std::vector<uint32_t> customers =
          Subject(Earlier(*before), before->span.begin, confidence);
      AddPair("SUPPLY", before->entities, customers, cue, confidence, "purchases from");
      return;
    }
    const Argument object = ObjectAfter(view_, cue.end, 8);
    if (object.empty()) return;
    const std::vector<uint32_t> customers = Subject(before, cue.begin, confidence);
    AddPair("SUPPLY", object.entities, customers, cue, confidence - 0.1f, "purchases");
  }

  // "获B", "取得B", "收到B", "来自B".
  bool GainedFrom(const Group& group) const {
    const uint32_t from =
        group.span.begin > view_.span().begin + 4 ? group.span.begin - 4 : view_.span().begin;
    const u32string_view before = TrimMarks(view_.Between(from, group.span.begin));
    return before.ends_with(U"获") || before.ends_with(U"得") || before.ends_with(U"收到") ||
           before.ends_with(U"来自") || before.ends_with(U"拿下") || before.ends_with(U"斩获");
  }

  // "A中标B项目", "A获B订单".
  void HanWin(Span cue) {
    const u32string_view verb = Text(cue);
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 30) before = nullptr;
    float confidence = 0.7f;
    const uint32_t reach = verb.ends_with(U"单") ? 30 : 14;
    if (before != nullptr && cue.begin - before->span.end <= reach && GainedFrom(*before)) {
      const std::vector<uint32_t> providers =
          Subject(Earlier(*before), before->span.begin, confidence);
      AddPair("SUPPLY", providers, before->entities, cue, confidence, "order from");
      return;
    }
    if (verb != U"中标" && verb != U"中选" && verb != U"承揽") return;
    const Argument object = ObjectAfter(view_, cue.end, 12);
    if (object.empty()) return;
    const std::vector<uint32_t> providers = Subject(before, cue.begin, confidence);
    AddPair("SUPPLY", providers, object.entities, cue, confidence, "wins bid");
  }

  // "A是B的供应商", "B的供应商A".
  void HanSupplier(Span cue) {
    const u32string_view noun = Text(cue);
    if (noun.starts_with(U"供应链") || noun == U"供应体系" || noun == U"采购体系") {
      HanSupplyChain(cue);
      return;
    }
    if (noun == U"客户" || noun == U"采购商" || noun == U"合作方") return;
    const Group* owner = view_.GroupBefore(cue.begin);
    if (owner == nullptr || cue.begin - owner->span.end > 10 ||
        view_.Between(owner->span.end, cue.begin).find(U',') != u32string_view::npos) {
      return;
    }
    const Group* named = view_.GroupAfter(cue.end);
    if (named != nullptr && named->span.begin - cue.end <= 3 && !named->with) {
      AddPair("SUPPLY", named->entities, owner->entities, cue, 0.65f, "supplier of");
      return;
    }
    const uint32_t from =
        owner->span.begin > view_.span().begin + 6 ? owner->span.begin - 6 : view_.span().begin;
    const u32string_view before = TrimMarks(view_.Between(from, owner->span.begin));
    if (!before.ends_with(U"为") && !before.ends_with(U"是") && !before.ends_with(U"进入") &&
        !before.ends_with(U"入") && !before.ends_with(U"系")) {
      return;
    }
    const Group* provider = view_.GroupBefore(from);
    float confidence = 0.7f;
    AddPair("SUPPLY", Subject(provider, from, confidence), owner->entities, cue, confidence,
            "becomes supplier of");
  }

  // "A代理B的产品", "A为B的经销商", "A授权B代理".
  void HanDistribute(Span cue) {
    const Group* before = view_.GroupBefore(cue.begin);
    if (before == nullptr || cue.begin - before->span.end > 16 || before->with) return;
    const Group* earlier = Earlier(*before);
    const u32string_view between = view_.Between(before->span.end, cue.begin);
    if (between.find(U',') != u32string_view::npos) return;
    if (earlier != nullptr && before->span.begin - earlier->span.end <= 14) {
      const u32string_view link = view_.Between(earlier->span.end, before->span.begin);
      if (link.find(U"授权") != u32string_view::npos ||
          link.find(U"委托") != u32string_view::npos) {
        AddPair("DISTRIBUTION", earlier->entities, before->entities, cue, 0.7f,
                "authorizes distributor");
        return;
      }
      if (link.find(U"为") != u32string_view::npos || link.find(U"是") != u32string_view::npos ||
          link.find(U"获") != u32string_view::npos || link.find(U"取得") != u32string_view::npos) {
        AddPair("DISTRIBUTION", before->entities, earlier->entities, cue, 0.7f, "distributor of");
        return;
      }
    }
    const Argument maker = ObjectAfter(view_, cue.end, 6);
    if (!maker.empty())
      AddPair("DISTRIBUTION", maker.entities, before->entities, cue, 0.65f, "distributes");
  }

  // "A的P搭载B的技术", "A接入B".
  void HanIntegrate(Span cue) {
    const u32string_view verb = Text(cue);
    if (verb == U"上线" || verb == U"应用于") {
      HanUsedAt(cue);
      return;
    }
    if (verb == U"整合" || verb == U"打通" || verb == U"兼容" || verb == U"嵌入") return;
    const Argument technology = ObjectAfter(view_, cue.end, 14);
    if (technology.empty()) return;
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 40) before = nullptr;
    float confidence = 0.6f;
    const std::vector<uint32_t> customers = Subject(before, cue.begin, confidence);
    AddPair("TECHNOLOGY_INTEGRATION", technology.entities, customers, cue, confidence,
            "integrates");
  }

  // "A的P已应用于B、C", "A的P在B上线".
  void HanUsedAt(Span cue) {
    const Group* before = view_.GroupBefore(cue.begin);
    float confidence = 0.55f;
    if (Text(cue) == U"应用于") {
      const Argument customer = ObjectAfter(view_, cue.end, 4);
      if (customer.empty()) return;
      if (before != nullptr && cue.begin - before->span.end > 30) before = nullptr;
      AddPair("SUPPLY", Subject(before, cue.begin, confidence), customer.entities, cue, confidence,
              "used at");
      return;
    }
    if (before == nullptr || cue.begin - before->span.end > 10 ||
        Preposition(view_, *before) != U'在') {
      return;
    }
    AddPair("SUPPLY", Subject(Earlier(*before), before->span.begin, confidence), before->entities,
            cue, confidence, "used at");
  }

  // "A入驻B".
  void HanIncubate(Span cue) {
    const u32string_view verb = Text(cue);
    if (verb != U"入驻" && verb != U"进驻" && verb != U"入孵") return;
    const Argument host = ObjectAfter(view_, cue.end, 4);
    const Group* before = view_.GroupBefore(cue.begin);
    // "A、B和C三家企业脱颖而出,入驻D": a list may stand further off than a single name.
    const uint32_t reach = before != nullptr && before->entities.size() > 1 ? 60 : 12;
    if (host.empty() || before == nullptr || cue.begin - before->span.end > reach ||
        view_.Between(cue.end, host.span.begin).find_first_of(U" ,") != u32string_view::npos) {
      return;
    }
    AddPair("INCUBATION", host.entities, before->entities, cue, 0.55f, "moves in");
  }

  // The subject of an English verb.
  const Group* LatinSubject(uint32_t position) const {
    const Group* group = view_.GroupBefore(position);
    return group != nullptr && position - group->span.end <= 90 ? group : nullptr;
  }

  // "X is provided by B", "X was ordered from B", "X is powered by B": B provides whom the sentence
  // speaks of. False where the cue is none of these.
  bool LatinMadeBy(Span cue) {
    const u32string_view verb = Text(cue);
    const bool powered = verb.starts_with(U"powered") || verb.starts_with(U"licensed");
    if (!verb.ends_with(U" by") && !verb.ends_with(U" from")) return false;
    const Group* provider = view_.GroupAfter(cue.end);
    if (provider == nullptr || provider->span.begin - cue.end > 6) return true;
    const Group* subject = LatinSubject(cue.begin);
    // "A is powered by B" of two companies says whose A is; of A's product, what it runs on.
    if (powered && subject != nullptr && cue.begin - subject->span.end <= 4) return true;
    float confidence = 0.6f;
    AddPair(powered ? "TECHNOLOGY_INTEGRATION" : "SUPPLY", provider->entities,
            Subject(subject, cue.begin, confidence), cue, confidence,
            powered ? "powered by" : "provided by");
    return true;
  }

  // "A will supply B with X", "A provides X to B", "A has contracted B".
  void LatinSupply(Span cue) {
    const u32string_view verb = Text(cue);
    if (LatinMadeBy(cue)) return;
    const Group* object = view_.GroupAfter(cue.end);
    if (object == nullptr || object->span.begin - cue.end > 60) return;
    const u32string_view between = view_.Between(cue.end, object->span.begin);
    float confidence = 0.65f;
    if (verb == U"contracted") {
      if (between.size() > 8) return;
      AddPair("SUPPLY", object->entities, Subject(LatinSubject(cue.begin), cue.begin, confidence),
              cue, confidence, "contracts");
      return;
    }
    if (between.starts_with(U" by ") && between.size() <= 30) {  // "X is supplied to A by B".
      AddPair("SUPPLY", object->entities, Subject(LatinSubject(cue.begin), cue.begin, confidence),
              cue, confidence, "supplied by");
      return;
    }
    const bool to = between.ends_with(U" to ") || between.ends_with(U" to the ");
    const bool direct = between.size() <= 5;
    if (!to && !direct) return;
    if (verb.starts_with(U"provide") || verb.starts_with(U"deliver")) confidence -= 0.1f;
    AddPair("SUPPLY", Subject(LatinSubject(cue.begin), cue.begin, confidence), object->entities,
            cue, confidence, "supplies");
  }

  // "A selects B".
  void LatinPurchase(Span cue) {
    const Group* object = view_.GroupAfter(cue.end);
    if (object == nullptr) return;
    const u32string_view between = view_.Between(cue.end, object->span.begin);
    float confidence = 0.65f;
    if (between.find(U" from ") != u32string_view::npos && between.size() <= 60) {
      AddPair("SUPPLY", object->entities, Subject(LatinSubject(cue.begin), cue.begin, confidence),
              cue, confidence, "purchases from");
      return;
    }
    if (between.starts_with(U" by ")) {  // "B was selected by A".
      AddPair("SUPPLY", Subject(LatinSubject(cue.begin), cue.begin, confidence), object->entities,
              cue, confidence, "selected by");
      return;
    }
    if (between.size() > 10) return;
    AddPair("SUPPLY", object->entities, Subject(LatinSubject(cue.begin), cue.begin, confidence),
            cue, confidence, "selects");
  }

  // "A wins a contract from B".
  void LatinWin(Span cue) {
    const u32string_view verb = Text(cue);
    const Group* object = view_.GroupAfter(cue.end);
    if (object == nullptr || object->span.begin - cue.end > 70) return;
    const u32string_view between = view_.Between(cue.end, object->span.begin);
    const bool from = verb.ends_with(U"from") || verb.ends_with(U"by") || verb.ends_with(U"with") ||
                      between.find(U" from ") != u32string_view::npos;
    if (!from || (verb.ends_with(U"with") && between.size() > 6)) return;
    if (verb.starts_with(U"w") && !view_.Has(Cue::kAgreement, cue.begin, object->span.begin) &&
        !view_.Has(Cue::kPurchase, cue.begin, object->span.begin)) {
      return;
    }
    float confidence = 0.65f;
    AddPair("SUPPLY", Subject(LatinSubject(cue.begin), cue.begin, confidence), object->entities,
            cue, confidence, "contract from");
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  CandidateSink& sink_;
};

}  // namespace

void FindSupply(const SentenceView& view, const Discourse& discourse, CandidateSink& sink) {
  SupplyFinder(view, discourse, sink).Run();
}

}  // namespace partnergraph
