// reprise memory check|merge: what is wrong in a memory; one memory's units into another.
#include <map>
#include <memory>

#include "client/command.h"
#include "client/names.h"
#include "reprise/v1/memories.grpc.pb.h"
#include "reprise/v1/units.grpc.pb.h"

namespace reprise::client {
namespace {

constexpr int kMergePage = 500;

struct CheckOptions {
  std::string memory;
  std::string from;
  std::string to;
  int limit = 20;
};

struct MergeOptions {
  std::string from;
  std::string into;
  std::string policy;
  std::string actor;
};

const char* KindWord(v1::FindingKind kind) {
  switch (kind) {
    case v1::FINDING_KIND_DUPLICATE: return "duplicate";
    case v1::FINDING_KIND_INCONSISTENT: return "inconsistent";
    case v1::FINDING_KIND_SAME_TARGET: return "same-target";
    case v1::FINDING_KIND_EMPTY: return "empty";
    case v1::FINDING_KIND_IDENTICAL: return "identical";
    case v1::FINDING_KIND_LANGUAGE: return "language";
    default: return "other";
  }
}

const char* KindHelp(v1::FindingKind kind) {
  switch (kind) {
    case v1::FINDING_KIND_DUPLICATE: return "the same source and target in several units";
    case v1::FINDING_KIND_INCONSISTENT: return "the same source with different targets";
    case v1::FINDING_KIND_SAME_TARGET: return "the same target for different sources";
    case v1::FINDING_KIND_EMPTY: return "targets without a word or number";
    case v1::FINDING_KIND_IDENTICAL: return "targets that are their source";
    case v1::FINDING_KIND_LANGUAGE: return "targets in another language than their locale says";
    default: return "";
  }
}

// A line for the counts, then one a finding.
absl::Status PrintJson(Session* session, const v1::CheckMemoryResponse& response) {
  JsonWriter counts;
  counts.BeginObject().Key("units").Uint64(response.units()).Key("pairs").Uint64(response.pairs());
  counts.Key("counts").BeginObject();
  for (const v1::FindingCount& count : response.counts()) counts.Key(KindWord(count.kind())).Uint64(count.count());
  RETURN_IF_ERROR(session->PrintLine(counts.EndObject().EndObject().text()));
  for (const v1::Finding& finding : response.findings()) {
    JsonWriter json;
    json.BeginObject().Key("kind").String(KindWord(finding.kind()));
    json.Key("source_locale").String(finding.source_locale()).Key("target_locale").String(finding.target_locale());
    if (!finding.language().empty()) json.Key("language").String(finding.language());
    json.Key("pairs").Uint64(finding.pairs()).Key("units").BeginArray();
    for (const v1::FindingUnit& unit : finding.units()) {
      json.BeginObject().Key("unit").String(ShortUnit(unit.unit()));
      json.Key("source").String(unit.source()).Key("target").String(unit.target()).EndObject();
    }
    RETURN_IF_ERROR(session->PrintLine(json.EndArray().EndObject().text()));
  }
  return absl::OkStatus();
}

absl::Status PrintText(Session* session, const v1::CheckMemoryResponse& response) {
  std::map<int, uint64_t> shown;
  std::string text;
  for (const v1::Finding& finding : response.findings()) {
    ++shown[finding.kind()];
    text += session->out().Paint(Style::kBold, KindWord(finding.kind())) + "  " + Printable(finding.source_locale()) +
            " → " + Printable(finding.target_locale()) + ", " + Thousands(finding.pairs()) +
            (finding.pairs() == 1 ? " pair" : " pairs") +
            (finding.language().empty() ? "\n" : ", in " + Printable(finding.language()) + "\n");
    for (const v1::FindingUnit& unit : finding.units()) {
      text += "  unit " + Printable(ShortUnit(unit.unit())) + "  " + Printable(unit.source()) + "  →  " +
              Printable(unit.target()) + "\n";
    }
  }
  text +=
      Counted(response.units(), "unit", "units") + ", " + Counted(response.pairs(), "pair", "pairs") + " of texts\n";
  for (const v1::FindingCount& count : response.counts()) {
    char row[64];
    std::snprintf(row, sizeof(row), "  %-12s %10s  ", KindWord(count.kind()), Thousands(count.count()).c_str());
    text += row + std::string(KindHelp(count.kind()));
    if (shown[count.kind()] < count.count()) text += " (" + Thousands(shown[count.kind()]) + " shown)";
    text += "\n";
  }
  return session->Print(text);
}

absl::Status Check(Session* session, const CheckOptions& options) {
  RETURN_IF_ERROR(session->Connect());
  v1::CheckMemoryRequest request;
  request.set_name(MemoryName(options.memory));
  request.set_source_locale(options.from);
  request.set_target_locale(options.to);
  request.set_finding_limit(options.limit);
  v1::CheckMemoryResponse response;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->CheckMemory(session->NewStreamContext().get(), request, &response)));
  return session->json() ? PrintJson(session, response) : PrintText(session, response);
}

absl::Status PrintMerged(Session* session, const MergeOptions& options, uint64_t read,
                         const std::map<int, uint64_t>& outcomes) {
  auto count = [&](v1::PutOutcome outcome) {
    auto it = outcomes.find(outcome);
    return it == outcomes.end() ? 0 : it->second;
  };
  JsonWriter json;
  json.BeginObject().Key("from").String(ShortMemory(options.from)).Key("into").String(ShortMemory(options.into));
  json.Key("read").Uint64(read).Key("added").Uint64(count(v1::PUT_OUTCOME_ADDED));
  json.Key("updated").Uint64(count(v1::PUT_OUTCOME_UPDATED)).Key("merged").Uint64(count(v1::PUT_OUTCOME_MERGED));
  json.Key("skipped").Uint64(count(v1::PUT_OUTCOME_SKIPPED));
  json.Key("refused").Uint64(count(v1::PUT_OUTCOME_REFUSED)).EndObject();
  if (session->json()) return session->PrintLine(json.text());
  return session->PrintLine(Counted(read, "unit", "units") + " read: " + Thousands(count(v1::PUT_OUTCOME_ADDED)) +
                            " added, " + Thousands(count(v1::PUT_OUTCOME_UPDATED)) + " updated, " +
                            Thousands(count(v1::PUT_OUTCOME_MERGED)) + " merged, " +
                            Thousands(count(v1::PUT_OUTCOME_SKIPPED)) + " skipped, " +
                            Thousands(count(v1::PUT_OUTCOME_REFUSED)) + " refused");
}

// Page after page, each stored in one atomic write. Done again it finds everything there already.
absl::Status Merge(Session* session, const MergeOptions& options) {
  if (MemoryName(options.from) == MemoryName(options.into)) {
    return InvalidArgument("FROM and INTO are the same memory; name two");
  }
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Units::NewStub(session->channel());
  v1::ListUnitsRequest list;
  list.set_parent(MemoryName(options.from));
  list.set_page_size(kMergePage);
  std::map<int, uint64_t> outcomes;
  uint64_t read = 0;
  do {
    v1::ListUnitsResponse page;
    RETURN_IF_ERROR(FromGrpc(stub->ListUnits(session->NewContext().get(), list, &page)));
    read += static_cast<uint64_t>(page.units_size());
    v1::PutUnitsRequest put;
    put.set_parent(MemoryName(options.into));
    put.set_duplicate_policy(PolicyOf(options.policy));
    put.set_actor(options.actor);
    for (v1::Unit& unit : *page.mutable_units()) *put.add_items()->mutable_unit() = std::move(unit);
    if (put.items_size() > 0) {
      v1::PutUnitsResponse response;
      RETURN_IF_ERROR(FromGrpc(stub->PutUnits(session->NewContext().get(), put, &response)));
      for (const v1::PutResult& result : response.results()) ++outcomes[result.outcome()];
    }
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  return PrintMerged(session, options, read, outcomes);
}

}  // namespace

void AddMemoryUpkeepCommands(CLI::App* memory, Invocation* invocation) {
  auto check = std::make_shared<CheckOptions>();
  CLI::App* verb =
      memory->add_subcommand("check", "Find duplicates, contradictions and untranslated texts")->fallthrough();
  verb->add_option("NAME", check->memory, "Name of the memory")->required();
  verb->add_option("--from", check->from, "Locale of the sources (default: each unit's own)")->type_name("LOCALE");
  verb->add_option("--to", check->to, "Locale of the targets (default: all others)")->type_name("LOCALE");
  verb->add_option("--limit", check->limit, "Findings of each kind to show, 1 to 1,000 (default 20)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  verb->callback([=] { invocation->action = [=](Session* session) { return Check(session, *check); }; });

  auto merge = std::make_shared<MergeOptions>();
  verb = memory->add_subcommand("merge", "Store all units of one memory in another, too")->fallthrough();
  verb->add_option("FROM", merge->from, "The memory to read; it stays as it is")->required();
  verb->add_option("INTO", merge->into, "The memory to store them in")->required();
  verb->add_option("--policy", merge->policy, "What to do with a text that is there already (default: that of INTO)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  verb->add_option("--actor", merge->actor, "Who does this, for the record")->type_name("NAME");
  verb->footer(kPolicyHelp);
  verb->callback([=] { invocation->action = [=](Session* session) { return Merge(session, *merge); }; });
}

}  // namespace reprise::client
