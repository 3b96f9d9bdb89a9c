#include "client/match_output.h"

#include <cstdio>

#include "client/json.h"
#include "client/names.h"
#include "client/utf8.h"

namespace reprise::client {
namespace {

void WriteAsked(const Asked& asked, JsonWriter* json) {
  json->Key("query").String(asked.query);
  json->Key("source_locale").String(asked.source_locale).Key("target_locale").String(asked.target_locale);
}

void WriteExplanation(const v1::Match& match, JsonWriter* json) {
  json->Key("penalties").BeginArray();
  for (const v1::Penalty& penalty : match.penalties()) {
    json->BeginObject().Key("name").String(penalty.name()).Key("points").Number(penalty.points());
    json->Key("detail").String(penalty.detail()).Key("source").String(PenaltySourceWord(penalty.source()));
    json->EndObject();
  }
  json->EndArray().Key("substitutions").BeginArray();
  for (const v1::Substitution& change : match.substitutions()) {
    json->BeginObject().Key("query_text").String(change.query_text()).Key("stored_text").String(change.stored_text());
    json->Key("target_before").String(change.target_before()).Key("target_after").String(change.target_after());
    json->Key("target_begin").Number(change.target_begin()).Key("target_end").Number(change.target_end());
    json->Key("refused").String(change.refused()).EndObject();
  }
  json->EndArray().Key("edits").BeginArray();
  for (const v1::Edit& edit : match.edits()) {
    json->BeginObject().Key("kind").String(EditWord(edit.kind()));
    json->Key("query_begin").Number(edit.query_begin()).Key("query_end").Number(edit.query_end());
    json->Key("stored_begin").Number(edit.stored_begin()).Key("stored_end").Number(edit.stored_end()).EndObject();
  }
  json->EndArray();
}

void WriteRange(std::string_view name, const v1::TextRange& range, JsonWriter* json) {
  json->Key(name).BeginObject().Key("begin").Number(range.begin()).Key("end").Number(range.end()).EndObject();
}

void WriteParts(const v1::Match& match, JsonWriter* json) {
  if (!match.assembled()) return;
  json->Key("assembled").Bool(match.assembled()).Key("parts").BeginArray();
  for (const v1::MatchPart& part : match.parts()) {
    json->BeginObject();
    WriteRange("query_range", part.query_range(), json);
    WriteRange("target_range", part.target_range(), json);
    json->Key("score").Number(part.score()).Key("source").String(part.source().text());
    json->Key("unit").String(ShortUnit(part.unit())).Key("memory").String(ShortMemory(part.memory())).EndObject();
  }
  json->EndArray();
}

void WriteSentence(const v1::Match& match, JsonWriter* json) {
  if (!match.has_sentence()) return;
  json->Key("sentence").BeginObject().Key("number").Number(static_cast<int64_t>(match.sentence().number()));
  json->Key("count").Number(static_cast<int64_t>(match.sentence().count())).EndObject();
}

void WriteMatch(const v1::Match& match, JsonWriter* json) {
  json->BeginObject().Key("score").Number(match.score()).Key("base").Number(match.base());
  json->Key("band").String(BandWord(match.band())).Key("relevance").Double(match.relevance());
  json->Key("source").String(match.source().text()).Key("target").String(match.target().content().text());
  json->Key("source_locale").String(match.source_locale()).Key("target_locale").String(match.target().locale());
  json->Key("unit").String(ShortUnit(match.unit())).Key("memory").String(ShortMemory(match.memory()));
  json->Key("below_threshold").Bool(match.below_threshold()).Key("plural_changed").Bool(match.plural_changed());
  json->Key("pivot");
  if (match.pivot()) {
    json->BeginObject().Key("locale").String(match.pivot_link().locale());
    json->Key("text").String(match.pivot_link().text().text());
    json->Key("source_unit").String(ShortUnit(match.pivot_link().source_unit())).EndObject();
  } else {
    json->Null();
  }
  WriteParts(match, json);
  WriteSentence(match, json);
  WriteExplanation(match, json);
  json->EndObject();
}

std::string ContextText(const v1::Match& match) {
  const v1::ContextAgreement& agreement = match.agreement();
  if (!agreement.key() && !agreement.neighbours()) return "";
  std::string text = " · context:";
  if (agreement.key()) text += " key";
  if (agreement.neighbours()) text += agreement.partial_neighbours() ? " one neighbour" : " neighbours";
  return text;
}

std::string SubstitutionText(const v1::Match& match) {
  std::string text;
  for (const v1::Substitution& change : match.substitutions()) {
    text += text.empty() ? " · " : ", ";
    if (change.refused().empty()) {
      text += Printable(change.target_before()) + " → " + Printable(change.target_after());
    } else {
      text += Printable(change.stored_text()) + " not replaced: " + Printable(change.refused());
    }
  }
  return match.plural_changed() ? text + " · check the plural" : text;
}

// "assembled · 2 of 3 sentences: 100 + 0 + 88"
std::string AssembledText(const v1::Match& match) {
  int found = 0;
  std::string scores;
  for (const v1::MatchPart& part : match.parts()) {
    found += part.score() > 0;
    scores += (scores.empty() ? "" : " + ") + std::to_string(part.score());
  }
  return "assembled · " + std::to_string(found) + " of " + std::to_string(match.parts_size()) +
         " sentences: " + scores + (match.below_threshold() ? " · below the threshold" : "");
}

std::string DetailText(const v1::Match& match) {
  if (match.assembled()) return AssembledText(match);
  std::string text = std::string(BandWord(match.band())) + " · memory " + Printable(ShortMemory(match.memory())) +
                     " · unit " + Printable(ShortUnit(match.unit())) + " · origin " +
                     OriginWord(match.target().origin());
  if (match.pivot()) {
    text += " · through " + Printable(match.pivot_link().locale()) + " \"" +
            Printable(match.pivot_link().text().text()) + "\" of unit " +
            Printable(ShortUnit(match.pivot_link().source_unit()));
  }
  if (match.has_sentence()) {
    text += " · sentence " + std::to_string(match.sentence().number()) + " of " +
            std::to_string(match.sentence().count()) + " of what is stored";
  }
  if (match.unit_count() > 1) text += " · " + std::to_string(match.unit_count()) + " units";
  text += ContextText(match);
  if (match.base() != match.score()) text += " · base " + std::to_string(match.base());
  if (match.penalties_size() > 0) text += " · penalties: " + PenaltyText(match);
  for (const std::string& folded : match.folded()) text += " · folded " + Printable(folded);
  text += SubstitutionText(match);
  if (match.below_threshold()) text += " · below the threshold";
  return text;
}

}  // namespace

namespace {

void WriteFragments(const v1::LookupResponse& response, JsonWriter* json) {
  if (!response.not_assembled().empty()) json->Key("not_assembled").String(response.not_assembled());
  if (response.sentences_cut()) json->Key("sentences_cut").Bool(response.sentences_cut());
  if (!response.fragments_searched()) return;
  json->Key("fragments_cut").Bool(response.fragments_cut()).Key("fragments").BeginArray();
  for (const v1::Fragment& fragment : response.fragments()) {
    json->BeginObject();
    WriteRange("query_range", fragment.query_range(), json);
    json->Key("match");
    WriteMatch(fragment.match(), json);
    json->EndObject();
  }
  json->EndArray().Key("shared_parts_cut").Bool(response.shared_parts_cut()).Key("shared_parts").BeginArray();
  for (const v1::SharedPart& part : response.shared_parts()) {
    json->BeginObject();
    WriteRange("query_range", part.query_range(), json);
    json->Key("examples").BeginArray();
    for (const v1::SharedExample& example : part.examples()) {
      json->BeginObject().Key("source").String(example.source().text());
      WriteRange("source_range", example.source_range(), json);
      json->Key("target").String(example.target().content().text());
      json->Key("source_locale").String(example.source_locale());
      json->Key("target_locale").String(example.target().locale());
      json->Key("unit").String(ShortUnit(example.unit())).Key("memory").String(ShortMemory(example.memory()));
      json->EndObject();
    }
    json->EndArray().EndObject();
  }
  json->EndArray();
}

std::string FragmentsText(const std::string& query, const v1::LookupResponse& response, const Terminal& terminal) {
  std::string text;
  for (const v1::Fragment& fragment : response.fragments()) {
    const v1::TextRange& range = fragment.query_range();
    text += "  part  " + terminal.Paint(Style::kBold, Printable(SliceCodePoints(query, range.begin(), range.end()))) +
            "  (" + std::to_string(fragment.match().score()) + ")\n        " +
            Printable(fragment.match().target().locale()) + "  " +
            Printable(fragment.match().target().content().text()) + "\n";
  }
  if (response.fragments_cut()) text += "  there may be more parts: the text is long, or very much was found\n";
  for (const v1::SharedPart& part : response.shared_parts()) {
    text += "  in    " +
            terminal.Paint(Style::kBold,
                           Printable(SliceCodePoints(query, part.query_range().begin(), part.query_range().end()))) +
            "\n";
    for (const v1::SharedExample& example : part.examples()) {
      text += "        " + Printable(example.source_locale()) + "  " + Printable(example.source().text()) +
              "\n        " + Printable(example.target().locale()) + "  " +
              Printable(example.target().content().text()) + "\n";
    }
  }
  if (response.shared_parts_cut()) text += "  the search for shared parts was cut short\n";
  if (response.sentences_cut()) text += "  more segments hold these words than were looked at for the sentence\n";
  if (!response.not_assembled().empty()) text += "  not assembled: " + Printable(response.not_assembled()) + "\n";
  return text;
}

void WritePlan(const v1::LookupPlan& plan, JsonWriter* json) {
  json->Key("plan").BeginObject();
  json->Key("indexes").Number(static_cast<int64_t>(plan.indexes()));
  json->Key("runs").Number(static_cast<int64_t>(plan.runs()));
  json->Key("delta_rows").Number(static_cast<int64_t>(plan.delta_rows()));
  json->Key("exact").Number(static_cast<int64_t>(plan.exact()));
  json->Key("deepest").Number(static_cast<int64_t>(plan.deepest()));
  json->Key("fill_cut").Bool(plan.fill_cut());
  json->Key("ties_cut").Bool(plan.ties_cut());
  json->Key("lists").Number(static_cast<int64_t>(plan.lists()));
  json->Key("postings").Number(static_cast<int64_t>(plan.postings()));
  json->Key("candidates").Number(static_cast<int64_t>(plan.candidates()));
  json->Key("rows").Number(static_cast<int64_t>(plan.rows()));
  json->Key("aligned").Number(static_cast<int64_t>(plan.aligned()));
  json->Key("hits").Number(static_cast<int64_t>(plan.hits()));
  json->Key("segments_read").Number(static_cast<int64_t>(plan.segments_read()));
  json->Key("counted").Number(static_cast<int64_t>(plan.counted()));
  json->Key("pages_loaded").Number(static_cast<int64_t>(plan.pages_loaded()));
  json->Key("points_us").Double(plan.points_us());
  json->Key("search_us").Double(plan.search_us());
  json->Key("read_us").Double(plan.read_us());
  json->Key("select_us").Double(plan.select_us());
  json->EndObject();
}

std::string PlanText(const v1::LookupPlan& plan) {
  char line[512];
  std::snprintf(
      line, sizeof(line),
      "  plan: %llu exact%s; down to %d %%%s in %llu runs and %llu segments in memory: %llu lists, %llu postings, "
      "%llu candidates, %llu rows, %llu aligned, %llu hits, %llu segments read, %llu counted, %llu pages read\n"
      "  time: points %.0f µs, search %.0f µs, units %.0f µs, choice %.0f µs\n",
      static_cast<unsigned long long>(plan.exact()), plan.ties_cut() ? " (ties cut)" : "", plan.deepest(),
      plan.fill_cut() ? " (cut short)" : "", static_cast<unsigned long long>(plan.runs()),
      static_cast<unsigned long long>(plan.delta_rows()), static_cast<unsigned long long>(plan.lists()),
      static_cast<unsigned long long>(plan.postings()), static_cast<unsigned long long>(plan.candidates()),
      static_cast<unsigned long long>(plan.rows()), static_cast<unsigned long long>(plan.aligned()),
      static_cast<unsigned long long>(plan.hits()), static_cast<unsigned long long>(plan.segments_read()),
      static_cast<unsigned long long>(plan.counted()), static_cast<unsigned long long>(plan.pages_loaded()),
      plan.points_us(), plan.search_us(), plan.read_us(), plan.select_us());
  return line;
}

}  // namespace

std::string LookupJson(const Asked& asked, const v1::LookupResponse& response) {
  JsonWriter json;
  json.BeginObject();
  WriteAsked(asked, &json);
  json.Key("total");
  if (response.has_total()) {
    json.Number(static_cast<int64_t>(response.total()));
  } else {
    json.Null();
  }
  json.Key("matches").BeginArray();
  for (const v1::Match& match : response.matches()) WriteMatch(match, &json);
  json.EndArray();
  WriteFragments(response, &json);
  if (response.has_plan()) WritePlan(response.plan(), &json);
  return json.EndObject().text();
}

std::string LookupErrorJson(const Asked& asked, const absl::Status& status) {
  JsonWriter json;
  json.BeginObject();
  WriteAsked(asked, &json);
  json.Key("total").Null().Key("matches").BeginArray().EndArray().Key("error").BeginObject();
  json.Key("code").Number(static_cast<int>(status.code())).Key("message").String(MessageOf(status));
  return json.EndObject().EndObject().text();
}

std::vector<EditSpan> EditSpansOf(const v1::Match& match) {
  std::vector<EditSpan> spans;
  spans.reserve(static_cast<size_t>(match.edits_size()));
  for (const v1::Edit& edit : match.edits()) {
    spans.push_back({edit.kind() == v1::Edit::KIND_EQUAL, edit.query_begin(), edit.query_end(), edit.stored_begin(),
                     edit.stored_end()});
  }
  return spans;
}

std::string PenaltyText(const v1::Match& match) {
  std::string text;
  for (const v1::Penalty& penalty : match.penalties()) {
    if (!text.empty()) text += ", ";
    text += Printable(penalty.name()) + " -" + std::to_string(penalty.points());
    if (!penalty.detail().empty()) text += " (" + Printable(penalty.detail()) + ")";
    if (penalty.source() == v1::PENALTY_SOURCE_MEMORY) text += " (by the memory)";
    if (penalty.source() == v1::PENALTY_SOURCE_PROFILE) text += " (by the profile)";
  }
  return text;
}

std::string LookupText(const Asked& asked, const v1::LookupResponse& response, const Terminal& terminal) {
  std::string text = terminal.Paint(Style::kBold, Printable(asked.query)) + "\n";
  if (response.matches().empty()) text += "  no match\n";
  for (const v1::Match& match : response.matches()) {
    char score[16];
    std::snprintf(score, sizeof(score), "%5d", match.score());
    text += terminal.Paint(Style::kBold, score) + "  " + Printable(match.source_locale()) + "  " +
            MarkEdits(asked.query, match.source().text(), EditSpansOf(match), terminal) + "\n";
    text += "       " + Printable(match.target().locale()) + "  " + Printable(match.target().content().text()) + "\n";
    text += "       " + terminal.Paint(Style::kDim, DetailText(match)) + "\n";
  }
  text += FragmentsText(asked.query, response, terminal);
  if (response.has_total()) {
    text += "  " + Thousands(response.total()) + (response.total() == 1 ? " match" : " matches") + " in all\n";
  }
  if (response.has_plan()) text += PlanText(response.plan());
  return text;
}

}  // namespace reprise::client
