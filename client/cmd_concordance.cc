// reprise concordance
#include <algorithm>
#include <memory>
#include <vector>

#include "client/command.h"
#include "client/filter_options.h"
#include "client/names.h"
#include "client/utf8.h"
#include "client/where_options.h"
#include "reprise/v1/matches.grpc.pb.h"

namespace reprise::client {
namespace {

// What is asked for at once.
constexpr int kPage = 200;
constexpr uint64_t kDefaultHits = 20;

struct ConcordanceCommand {
  WhereOptions where;
  FilterOptions filter;
  std::string text;
  std::string from;
  std::string to;
  std::string side = "source";
  std::string not_target;
  bool regex = false;
  bool match_case = false;
  bool fuzzy = false;
  bool guess = false;
  uint64_t max_results = kDefaultHits;
};

v1::ConcordanceRequest RequestOf(const ConcordanceCommand& command) {
  v1::ConcordanceRequest request;
  FillWhere(command.where, &request);
  if (command.side != "target") request.set_source_text(command.text);
  if (command.side != "source") request.set_target_text(command.text);
  request.set_either_side(command.side == "both");
  request.set_target_excludes(command.not_target);
  request.set_source_locale(command.from);
  request.set_target_locale(command.to);
  request.set_regex(command.regex);
  request.set_match_case(command.match_case);
  request.set_fuzzy(command.fuzzy);
  request.set_guess(command.guess);
  return request;
}

using Ranges = google::protobuf::RepeatedPtrField<v1::TextRange>;

// The text with what was found, or else what was guessed, standing out.
std::string Highlighted(const std::string& text, const Ranges& found, const Ranges& guessed, const Terminal& out) {
  std::string line;
  uint32_t done = 0;
  for (const v1::TextRange& range : found.empty() ? guessed : found) {
    line += Printable(SliceCodePoints(text, done, range.begin()));
    line += out.Paint(found.empty() ? Style::kGuessed : Style::kBold,
                      Printable(SliceCodePoints(text, range.begin(), range.end())));
    done = range.end();
  }
  return line + Printable(SliceCodePoints(text, done, UINT32_MAX));
}

std::string HitText(const v1::ConcordanceHit& hit, const Terminal& out) {
  std::string text = out.Paint(Style::kDim, "memory " + Printable(ShortMemory(hit.memory())) + " · unit " +
                                                Printable(ShortUnit(hit.unit()))) +
                     "\n  " + Printable(hit.source_locale()) + "  " +
                     Highlighted(hit.source().text(), hit.source_ranges(), hit.guessed_source_ranges(), out) + "\n";
  for (const v1::ConcordanceTarget& target : hit.targets()) {
    text += "  " + Printable(target.variant().locale()) + "  " +
            Highlighted(target.variant().content().text(), target.ranges(), target.guessed_ranges(), out) + "\n";
  }
  return text;
}

void WriteRanges(const Ranges& ranges, JsonWriter* json) {
  json->BeginArray();
  for (const v1::TextRange& range : ranges) {
    json->BeginObject().Key("begin").Number(range.begin()).Key("end").Number(range.end()).EndObject();
  }
  json->EndArray();
}

std::string HitJson(const v1::ConcordanceHit& hit) {
  JsonWriter json;
  json.BeginObject().Key("memory").String(ShortMemory(hit.memory())).Key("unit").String(ShortUnit(hit.unit()));
  json.Key("source_locale").String(hit.source_locale()).Key("source").String(hit.source().text());
  WriteRanges(hit.source_ranges(), &json.Key("source_ranges"));
  if (!hit.guessed_source_ranges().empty()) {
    WriteRanges(hit.guessed_source_ranges(), &json.Key("guessed_source_ranges"));
  }
  json.Key("targets").BeginArray();
  for (const v1::ConcordanceTarget& target : hit.targets()) {
    json.BeginObject().Key("target_locale").String(target.variant().locale());
    json.Key("target").String(target.variant().content().text());
    WriteRanges(target.ranges(), &json.Key("target_ranges"));
    if (!target.guessed_ranges().empty()) WriteRanges(target.guessed_ranges(), &json.Key("guessed_target_ranges"));
    json.EndObject();
  }
  json.EndArray().EndObject();
  return json.text();
}

// What corresponds on the other side, as a line.
std::string GuessText(const v1::ConcordanceResponse& response, const Terminal& out) {
  std::string text;
  for (const v1::Correspondence& correspondence : response.correspondences()) {
    text += (text.empty() ? "" : " · ") + out.Paint(Style::kGuessed, Printable(correspondence.text())) + " (" +
            std::to_string(correspondence.count()) + ")";
  }
  return text.empty() ? "no guess at what corresponds: too few hits, or nothing stands out" : "may correspond: " + text;
}

std::string GuessJson(const v1::ConcordanceResponse& response) {
  JsonWriter json;
  json.BeginObject().Key("correspondences").BeginArray();
  for (const v1::Correspondence& correspondence : response.correspondences()) {
    json.BeginObject().Key("text").String(correspondence.text());
    json.Key("count").Number(correspondence.count()).EndObject();
  }
  json.EndArray().EndObject();
  return json.text();
}

absl::Status Run(Session* session, const ConcordanceCommand& command) {
  for (const std::string* text : {&command.text, &command.not_target}) {
    if (!IsUtf8(*text)) return FieldError("TEXT", "is not valid UTF-8; convert it first");
  }
  if (command.guess && command.to.empty()) return FieldError("--guess", "needs --to LOCALE, the side that is guessed");
  if (command.guess && command.side == "both") {
    return FieldError("--guess", "guesses the other side of --in source or --in target; with --in both there is none");
  }
  if (command.fuzzy && (command.regex || command.match_case)) {
    return FieldError("--fuzzy",
                      std::string("cannot be combined with ") + (command.regex ? "--regex" : "--match-case"));
  }
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Matches::NewStub(session->channel());
  v1::ConcordanceRequest request = RequestOf(command);
  RETURN_IF_ERROR(SetFilter(command.filter, &request));
  uint64_t printed = 0;
  bool more = true;
  while (more && printed < command.max_results) {
    request.set_page_size(static_cast<int32_t>(std::min<uint64_t>(kPage, command.max_results - printed)));
    v1::ConcordanceResponse response;
    RETURN_IF_ERROR(FromGrpc(stub->Concordance(session->NewContext().get(), request, &response)));
    if (command.guess && printed == 0) {
      RETURN_IF_ERROR(session->PrintLine(session->json() ? GuessJson(response) : GuessText(response, session->out())));
    }
    for (const v1::ConcordanceHit& hit : response.hits()) {
      RETURN_IF_ERROR(session->json() ? session->PrintLine(HitJson(hit))
                                      : session->Print(HitText(hit, session->out())));
    }
    printed += static_cast<uint64_t>(response.hits_size());
    request.set_page_token(response.next_page_token());
    more = !response.next_page_token().empty();
  }
  if (session->json()) return absl::OkStatus();
  if (printed == 0) return session->PrintLine("nothing found");
  return more ? session->PrintLine("there is more; --max-results N shows N hits") : absl::OkStatus();
}

}  // namespace

void AddConcordanceCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<ConcordanceCommand>();
  CLI::App* verb =
      app->add_subcommand("concordance", "Search the texts of memories for words and phrases")->fallthrough();
  verb->add_option("TEXT", command->text, "Words, \"phrases in quotation marks\", word*")->required();
  AddWhereOptions(verb, "The memory; several: in this order", &command->where);
  verb->add_option("--from", command->from, "Locale of the sources")->type_name("LOCALE")->required();
  verb->add_option("--to", command->to, "Locale of the targets (default: all others)")->type_name("LOCALE");
  verb->add_option("--in", command->side, "Where the text must be: source (default), target, or both for either side")
      ->check(CLI::IsMember({"source", "target", "both"}));
  verb->add_option("--not-target", command->not_target, "What the target must not hold")->type_name("TEXT");
  verb->add_flag("--regex", command->regex, "The texts are regular expressions (RE2)");
  verb->add_flag("--match-case", command->match_case, "Case and diacritics count");
  verb->add_flag("--fuzzy", command->fuzzy, "Words take their other forms and typing errors too");
  verb->add_flag("--guess", command->guess, "Guess what corresponds on the other side (needs --to)");
  verb->add_option("--max-results", command->max_results, "At most so many hits (default 20)")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1000000}));
  AddFilterOptions(verb, &command->filter);
  verb->footer(
      "All words must occur, in any order; a \"phrase\" word after word. x*, *x and *x* stand for words that begin\n"
      "with, end with or hold x. In Chinese, Japanese, Thai and the like a word is found anywhere.\n"
      "With --json one object a hit and line, with --guess one of the correspondences before them; ranges are in code\n"
      "points.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return Run(session, *command); };
  });
}

}  // namespace reprise::client
