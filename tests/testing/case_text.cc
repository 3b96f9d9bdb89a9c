#include "tests/testing/case_text.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>
#include <utility>

#include "text/normalize.h"
#include "text/notation.h"

namespace reprise::testing {
namespace {

constexpr std::string_view kCodeBegin = "⟦", kCodeEnd = "⟧";

void AppendUtf8(uint32_t point, std::string* out) {
  const auto tail = [point](int shift) { return static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out->push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    *out += {static_cast<char>(0xC0 | (point >> 6)), tail(0)};
  } else if (point < 0x10000) {
    *out += {static_cast<char>(0xE0 | (point >> 12)), tail(6), tail(0)};
  } else {
    *out += {static_cast<char>(0xF0 | (point >> 18)), tail(12), tail(6), tail(0)};
  }
}

Code ParseCode(std::string_view inside, uint32_t position) {
  Code code;
  code.position = position;
  for (const auto& [word, kind] : {std::make_pair(std::string_view("open "), Code::Kind::kOpen),
                                   std::make_pair(std::string_view("close "), Code::Kind::kClose)}) {
    if (inside.substr(0, word.size()) != word) continue;
    inside.remove_prefix(word.size());
    const size_t space = inside.find(' ');
    code.kind = kind;
    code.pair_id = static_cast<uint32_t>(std::atoi(std::string(inside.substr(0, space)).c_str()));
    inside.remove_prefix(space == std::string_view::npos ? inside.size() : space + 1);
  }
  code.data = inside;
  return code;
}

std::string_view Trim(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

// Cuts the first word off.
std::string TakeWord(std::string_view* rest) {
  const size_t space = rest->find(' ');
  std::string word(rest->substr(0, space));
  *rest = space == std::string_view::npos ? std::string_view() : Trim(rest->substr(space));
  return word;
}

// "a=1 b" -> {a: 1, b: ""}
std::map<std::string, std::string> Attributes(std::string_view rest) {
  std::map<std::string, std::string> all;
  while (!rest.empty()) {
    const std::string word = TakeWord(&rest);
    const size_t equals = word.find('=');
    all[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return all;
}

int Number(const std::string& text) { return std::atoi(text.c_str()); }

const std::map<std::string, VariantStatus>& Statuses() {
  static const auto& statuses = *new std::map<std::string, VariantStatus>{{"draft", VariantStatus::kDraft},
                                                                          {"translated", VariantStatus::kTranslated},
                                                                          {"reviewed", VariantStatus::kReviewed},
                                                                          {"final", VariantStatus::kFinal},
                                                                          {"rejected", VariantStatus::kRejected}};
  return statuses;
}

const std::map<std::string, Origin>& Origins() {
  static const auto& origins = *new std::map<std::string, Origin>{{"human", Origin::kHuman},
                                                                  {"alignment", Origin::kAlignment},
                                                                  {"machine", Origin::kMachine},
                                                                  {"import", Origin::kImport}};
  return origins;
}

// Reads one file; each handler returns "" or what is wrong.
class Parser {
 public:
  std::string Line(int number, std::string_view line) {
    line_ = number;
    const std::string verb = TakeWord(&line);
    if (verb == "case") {
      cases_.push_back({.title = std::string(line),
                        .memories = {},
                        .defaults = {},
                        .units = {},
                        .queries = {},
                        .finds = {},
                        .policy = ""});
      context_ = nullptr;
      in_find_ = false;
      return "";
    }
    if (cases_.empty()) return "comes before the first case";
    if (verb == "memory") return Memory(line);
    if (verb == "defaults") return Defaults(Attributes(line));
    if (verb == "unit") return AddUnit(line);
    if (verb == "text") return Text(line);
    if (verb == "set") return Set(Attributes(line));
    if (verb == "context") return AddContext(Attributes(line));
    if (verb == "previous" || verb == "next") return AddNeighbour(verb, line, Neighbour::State::kText);
    if (verb == "edge") {
      const std::string side = TakeWord(&line);
      return AddNeighbour(side, line, Neighbour::State::kEdge);
    }
    if (verb == "query") return AddQuery(line);
    if (verb == "find") return AddFind(line);
    if (in_find_) return cases_.back().finds.back().Line(verb, ParseContent(line).text);
    return QueryLine(verb, line);
  }
  std::vector<Case> Take() { return std::move(cases_); }

 private:
  std::string Memory(std::string_view line) {
    MemoryRef ref;
    ref.name = TakeWord(&line);
    for (const auto& [key, value] : Attributes(line)) {
      if (key == "priority") {
        ref.priority = Number(value);
      } else if (key == "penalty") {
        ref.penalty = Number(value);
      } else if (key == "policy") {
        cases_.back().policy = value;
      } else if (key == "by" && value == "profile") {
        ref.source = TermSource::kProfile;
      } else {
        return "memory has no " + key;
      }
    }
    cases_.back().memories.push_back(ref);
    return "";
  }

  std::string Defaults(const std::map<std::string, std::string>& attributes) {
    if (cases_.back().memories.empty()) return "comes before a memory";
    MemoryDefaults& defaults = cases_.back().defaults[cases_.back().memories.back().name];
    for (const auto& [key, value] : attributes) {
      if (key == "priority") {
        defaults.priority = Number(value);
      } else if (key == "penalty") {
        defaults.penalty = Number(value);
      } else if (IsPenalty(key)) {
        defaults.penalties[key] = Number(value);
      } else {
        return "no penalty is named " + key;
      }
    }
    return "";
  }

  std::string AddUnit(std::string_view line) {
    if (cases_.back().memories.empty()) return "comes before a memory";
    CaseUnit added{.memory = cases_.back().memories.back().name, .unit = {}};
    added.unit.id = static_cast<uint64_t>(Number(TakeWord(&line)));
    added.unit.revision = 1;
    for (const auto& [key, value] : Attributes(line)) {
      if (key != "source") return "unit has no " + key;
      added.unit.source_locale = value;
    }
    cases_.back().units.push_back(std::move(added));
    in_query_ = false;
    in_find_ = false;
    context_ = nullptr;
    return "";
  }

  std::string Text(std::string_view line) {
    if (cases_.back().units.empty()) return "comes before a unit";
    Variant variant;
    variant.locale = TakeWord(&line);
    variant.content = ParseContent(line);
    cases_.back().units.back().unit.variants.push_back(std::move(variant));
    return "";
  }

  std::string Set(const std::map<std::string, std::string>& attributes) {
    if (cases_.back().units.empty() || cases_.back().units.back().unit.variants.empty()) return "comes before a text";
    Variant& variant = cases_.back().units.back().unit.variants.back();
    for (const auto& [key, value] : attributes) {
      if (key == "status" && Statuses().count(value) > 0) {
        variant.status = Statuses().at(value);
      } else if (key == "origin" && Origins().count(value) > 0) {
        variant.origin = Origins().at(value);
      } else if (key == "changed") {
        variant.changed_us = Number(value);
      } else if (key == "by") {
        variant.changed_by = value;
      } else {
        return "set does not know " + key + "=" + value;
      }
    }
    return "";
  }

  std::string AddContext(const std::map<std::string, std::string>& attributes) {
    if (in_query_) {
      context_ = &cases_.back().queries.back().query.context;
    } else if (cases_.back().units.empty()) {
      return "comes before a unit";
    } else {
      std::vector<Context>& contexts = cases_.back().units.back().unit.contexts;
      contexts.emplace_back();
      context_ = &contexts.back();
    }
    for (const auto& [key, value] : attributes) {
      if (key == "key") {
        context_->key = value;
      } else if (key == "document") {
        context_->document = value;
      } else {
        return "context has no " + key;
      }
    }
    return "";
  }

  std::string AddNeighbour(const std::string& side, std::string_view line, Neighbour::State state) {
    if (context_ == nullptr) return "comes before a context";
    if (side != "previous" && side != "next") return "neither previous nor next";
    const std::string locale = TakeWord(&line);
    Neighbour neighbour{.state = state, .text = ParseContent(line).text};
    (side == "previous" ? context_->previous : context_->next)[locale] = neighbour;
    return "";
  }

  std::string AddQuery(std::string_view line) {
    CaseQuery added;
    added.line = line_;
    added.query.source_locale = TakeWord(&line);
    added.query.target_locale = TakeWord(&line);
    for (const auto& [key, value] : Attributes(line)) {
      if (key == "threshold") {
        added.options.threshold = Number(value);
      } else if (key == "floor") {
        added.options.floor = Number(value);
      } else if (key == "max") {
        added.options.max_results = Number(value);
      } else if (key == "order" && (value == "relevance" || value == "score")) {
        added.options.order = value == "relevance" ? MatchOrder::kRelevance : MatchOrder::kScore;
      } else if (key == "adapt") {
        added.options.adapt = true;
      } else if (key == "pivot") {
        added.options.pivot = true;
      } else if (key == "scripts") {
        added.options.other_scripts = true;
      } else if (key == "fragments") {
        added.options.fragments = FragmentMode::kIfNoMatch;
      } else if (key == "always-fragments") {
        added.options.fragments = FragmentMode::kAlways;
      } else if (key == "assemble") {
        added.options.assemble = true;
      } else if (key == "sentences") {
        added.options.sentences = true;
      } else {
        return "query does not know " + key + "=" + value;
      }
    }
    cases_.back().queries.push_back(std::move(added));
    in_query_ = true;
    in_find_ = false;
    context_ = nullptr;
    return "";
  }

  std::string AddFind(std::string_view line) {
    CaseFind added;
    added.line = line_;
    added.query.source_locale = TakeWord(&line);
    const std::string target = TakeWord(&line);
    if (target != "*") added.query.target_locale = target;
    std::string problem;
    while (!line.empty() && problem.empty()) problem = added.Option(TakeWord(&line));
    cases_.back().finds.push_back(std::move(added));
    in_find_ = true;
    return problem;
  }

  std::string QueryLine(const std::string& verb, std::string_view line) {
    if (!in_query_) return "\"" + verb + "\" is not known here";
    CaseQuery& query = cases_.back().queries.back();
    if (verb == "ask") {
      query.query.content = ParseContent(line);
    } else if (verb == "total") {
      query.total = Number(std::string(line));
      query.options.want_total = true;
    } else if (verb == "match") {
      CaseMatch match;
      match.line = line_;
      match.score = Number(TakeWord(&line));
      match.expected = Attributes(line);
      query.matches.push_back(std::move(match));
    } else if (verb == "answer" || verb == "before" || verb == "refused" || verb == "through") {
      if (query.matches.empty()) return "comes before a match";
      query.matches.back().lines.emplace_back(verb, std::string(line));
    } else if (verb == "fragment") {
      query.fragments.push_back(ParseContent(line).text);
    } else if (verb == "shared") {
      query.shared.push_back(ParseContent(line).text);
    } else if (verb == "typed") {
      query.completions.emplace_back(ParseContent(line).text, "");
    } else if (verb == "completes") {
      if (query.completions.empty()) return "comes before typed";
      query.completions.back().second = ParseContent(line).text;
    } else if (verb == "penalty") {
      return SetPenalties(Attributes(line), TermSource::kRequest, &query.options.penalties);
    } else if (verb == "profile-penalty") {
      return SetPenalties(Attributes(line), TermSource::kProfile, &query.options.penalties);
    } else if (verb == "filter") {
      return SetFilter(Attributes(line), &query.options.filter);
    } else {
      return "\"" + verb + "\" is not known";
    }
    return "";
  }

  static const PenaltyField* FindPenalty(const std::string& name) {
    const auto* field = std::find_if(std::begin(kPenaltyFields), std::end(kPenaltyFields),
                                     [&name](const PenaltyField& f) { return name == f.name; });
    return field == std::end(kPenaltyFields) ? nullptr : field;
  }
  static bool IsPenalty(const std::string& name) { return FindPenalty(name) != nullptr; }

  static std::string SetPenalties(const std::map<std::string, std::string>& attributes, TermSource source,
                                  PenaltyTable* table) {
    for (const auto& [key, value] : attributes) {
      const PenaltyField* field = FindPenalty(key);
      if (field == nullptr) return "no penalty is named " + key;
      // The request's hold, in whichever order they are written.
      if ((table->*field->points).source <= source) table->*field->points = {Number(value), source};
    }
    return "";
  }

  static std::string SetFilter(const std::map<std::string, std::string>& attributes, UnitFilter* filter) {
    for (const auto& [key, value] : attributes) {
      if (key == "status" && Statuses().count(value) > 0) {
        filter->min_status = Statuses().at(value);
      } else if (key == "origin" && Origins().count(value) > 0) {
        filter->origins.push_back(Origins().at(value));
      } else if (key == "by") {
        filter->authors.push_back(value);
      } else if (key == "document") {
        filter->document = value;
      } else {
        return "filter does not know " + key + "=" + value;
      }
    }
    return "";
  }

  std::vector<Case> cases_;
  Context* context_ = nullptr;  // of the last unit or query
  bool in_query_ = false;
  bool in_find_ = false;
  int line_ = 0;
};

std::string Joined(const std::vector<std::string>& list) {
  std::string all;
  for (const std::string& item : list) all += (all.empty() ? "" : ",") + item;
  return all;
}

std::map<std::string, std::string> Facts(const Match& match) {
  constexpr const char* kSources[] = {"", "default", "memory", "profile", "request"};
  std::vector<std::string> penalties, by;
  for (const Penalty& penalty : match.penalties) {
    penalties.push_back(penalty.name + ":" + std::to_string(penalty.points));
    if (penalty.source == TermSource::kDefault) continue;
    by.push_back(penalty.name + ":" + kSources[static_cast<size_t>(penalty.source)]);
  }
  std::map<std::string, std::string> facts{{"base", std::to_string(match.base.base)},
                                           {"band", BandName(match.base.band)},
                                           {"unit", std::to_string(match.unit)},
                                           {"memory", match.memory},
                                           {"count", std::to_string(match.unit_count)},
                                           {"penalties", Joined(penalties)},
                                           {"by", Joined(by)},
                                           {"folded", Joined(match.base.folded)},
                                           {"source", match.source_locale},
                                           {"target", match.target.locale}};
  const auto refused = std::count_if(match.substitutions.begin(), match.substitutions.end(),
                                     [](const Substitution& s) { return !s.refused.empty(); });
  facts["refused"] = std::to_string(refused);
  facts["substituted"] = std::to_string(static_cast<ptrdiff_t>(match.substitutions.size()) - refused);
  facts["revision"] = std::to_string(match.revision);
  if (match.plural_changed) facts["plural"] = "";
  if (match.assembled) facts["assembled"] = "";
  if (match.sentence.number != 0) {
    facts["sentence"] = std::to_string(match.sentence.number) + "/" + std::to_string(match.sentence.count);
  }
  if (match.below_threshold) facts["below"] = "";
  if (match.fallback) facts["fallback"] = "";
  if (match.reverse) facts["reverse"] = "";
  if (match.pivot != nullptr) facts["pivot"] = match.pivot->locale;
  if (match.pivot != nullptr) facts["from"] = std::to_string(match.pivot->source_unit);
  if (match.agreement.key) facts["key"] = "";
  if (match.agreement.neighbours) facts["neighbours"] = "";
  if (match.agreement.partial_neighbours) facts["partial"] = "";
  return facts;
}

// The content in the mark-up that ParseContent reads.
std::string Marked(const Content& content) {
  std::string out;
  uint32_t at = 0;
  size_t next = 0;
  for (size_t i = 0; i <= content.text.size(); ++i) {
    const bool begins = i == content.text.size() || (content.text[i] & 0xC0) != 0x80;
    for (; begins && next < content.codes.size() && content.codes[next].position <= at; ++next) {
      const Code& code = content.codes[next];
      const std::string pair = std::to_string(code.pair_id) + " ";
      const std::string kind = code.kind == Code::Kind::kOpen    ? "open " + pair
                               : code.kind == Code::Kind::kClose ? "close " + pair
                                                                 : "";
      out += std::string(kCodeBegin) + kind + code.data + std::string(kCodeEnd);
    }
    if (i < content.text.size()) out += content.text[i];
    at += begins;
  }
  return out;
}

// Compares the fragments and shared parts, if they were looked for.
void CheckParts(const CaseQuery& expected, const LookupResult& got, std::ostringstream* out) {
  if (!got.fragments_searched) return;
  const std::u32string query = ToCodePoints(expected.query.content.text);
  const auto part = [&query](uint32_t begin, uint32_t end) { return FromCodePoints(query.substr(begin, end - begin)); };
  std::vector<std::string> fragments, shared;
  for (const Fragment& f : got.fragments) {
    fragments.push_back(std::to_string(f.match.score) + " " + part(f.query_begin, f.query_end) + " => " +
                        f.match.target.content.text);
  }
  for (const SharedPart& s : got.shared_parts) shared.push_back(part(s.query_begin, s.query_end));
  for (const auto& [what, wanted, found] : {std::make_tuple("fragments", &expected.fragments, &fragments),
                                            std::make_tuple("shared parts", &expected.shared, &shared)}) {
    if (*wanted == *found) continue;
    *out << "line " << expected.line << ": " << what << " are";
    for (const std::string& one : *found) *out << " \"" << one << "\"";
    *out << "\n";
  }
}

// What a line under a match says that is not so; "" if it is.
std::string CheckLine(const std::string& verb, const std::string& text, const Match& got) {
  if (verb == "answer") {
    const std::string wanted = Marked(ParseContent(text)), answer = Marked(got.target.content);
    return answer == wanted ? "" : "answer is \"" + answer + "\"";
  }
  if (verb == "through") {
    const std::string through = got.pivot == nullptr ? "" : got.pivot->text.text;
    return through == ParseContent(text).text ? "" : "through is \"" + through + "\"";
  }
  std::string seen;
  for (const Substitution& s : got.substitutions) {
    const std::string& value = verb == "before" ? s.target_before : s.refused;
    if (value == ParseContent(text).text) return "";
    seen += " \"" + value + "\"";
  }
  return verb + " is none of" + seen;
}

}  // namespace

Content ParseContent(std::string_view marked) {
  Content content;
  while (!marked.empty()) {
    if (marked.substr(0, 3) == "\\u{") {
      const size_t end = std::min(marked.find('}'), marked.size());
      const std::string digits(marked.substr(3, end - 3));
      AppendUtf8(static_cast<uint32_t>(std::strtoul(digits.c_str(), nullptr, 16)), &content.text);
      marked.remove_prefix(std::min(end + 1, marked.size()));
    } else if (marked.substr(0, kCodeBegin.size()) == kCodeBegin && marked.find(kCodeEnd) != std::string_view::npos) {
      const size_t end = marked.find(kCodeEnd);
      content.codes.push_back(ParseCode(marked.substr(kCodeBegin.size(), end - kCodeBegin.size()),
                                        static_cast<uint32_t>(CodePointCount(content.text))));
      marked.remove_prefix(end + kCodeEnd.size());
    } else {
      content.text.push_back(marked.front());
      marked.remove_prefix(1);
    }
  }
  return content;
}

std::vector<Case> ParseCases(std::string_view text, std::string* error) {
  Parser parser;
  int number = 0;
  error->clear();
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::string problem = parser.Line(number, line);
    if (problem.empty()) continue;
    *error = "line " + std::to_string(number) + ": " + problem + ": " + std::string(line);
    return {};
  }
  return parser.Take();
}

std::string CheckCase(const CaseQuery& expected, const LookupResult& got) {
  std::ostringstream out;
  for (size_t i = 0; i < expected.matches.size() && i < got.matches.size(); ++i) {
    const CaseMatch& match = expected.matches[i];
    const std::map<std::string, std::string> facts = Facts(got.matches[i]);
    if (match.score != got.matches[i].score) {
      out << "line " << match.line << ": score is " << got.matches[i].score << " (unit " << got.matches[i].unit
          << ")\n";
    }
    for (const auto& [verb, text] : match.lines) {
      const std::string problem = CheckLine(verb, text, got.matches[i]);
      if (!problem.empty()) out << "line " << match.line << ": " << problem << "\n";
    }
    for (const auto& [key, value] : match.expected) {
      const auto fact = facts.find(key);
      if (fact != facts.end() && fact->second == value) continue;
      out << "line " << match.line << ": " << key << " is "
          << (fact == facts.end() ? std::string("not set") : "\"" + fact->second + "\"") << "\n";
    }
  }
  if (expected.matches.size() != got.matches.size()) {
    out << "line " << expected.line << ": " << got.matches.size() << " matches, " << expected.matches.size()
        << " expected; got";
    for (const Match& match : got.matches) out << " " << match.score << "(unit " << match.unit << ")";
    out << "\n";
  }
  CheckParts(expected, got, &out);
  if (expected.total >= 0 && static_cast<uint64_t>(expected.total) != got.total) {
    out << "line " << expected.line << ": total is " << got.total << "\n";
  }
  return out.str();
}

std::vector<std::pair<std::string, Case>> AllCases(std::string* error) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(REPRISE_SOURCE_DIR "/tests/cases")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::pair<std::string, Case>> all;
  for (const std::string& file : files) {
    std::string problem;
    for (Case& c : ParseCases(ReadFile(file), &problem)) all.emplace_back(file, std::move(c));
    if (!problem.empty()) *error += file + " " + problem + "\n";
  }
  return all;
}

std::vector<std::vector<std::string>> TableRows(std::string_view markdown, std::string_view name) {
  std::vector<std::vector<std::string>> rows;
  const std::string mark = "<!-- table: " + std::string(name) + " -->";
  const size_t at = markdown.find(mark);
  if (at == std::string_view::npos) return rows;
  std::istringstream lines{std::string(markdown.substr(at + mark.size()))};
  int seen = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view trimmed = Trim(line);
    if (trimmed.empty() && seen == 0) continue;
    if (trimmed.empty() || trimmed.front() != '|') break;
    if (++seen <= 2) continue;
    std::vector<std::string> cells;
    std::string cell;
    for (size_t i = 1; i < trimmed.size(); ++i) {
      if (trimmed[i] == '\\' && i + 1 < trimmed.size() && trimmed[i + 1] == '|') {
        cell.push_back(trimmed[++i]);
      } else if (trimmed[i] != '|') {
        cell.push_back(trimmed[i]);
      } else {
        std::string_view clean = Trim(cell);
        if (clean.size() >= 2 && clean.front() == '`' && clean.back() == '`') clean = clean.substr(1, clean.size() - 2);
        cells.emplace_back(clean);
        cell.clear();
      }
    }
    rows.push_back(std::move(cells));
  }
  return rows;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

}  // namespace reprise::testing
