#include "tests/testing/concordance_case.h"

#include "text/utf8.h"

namespace reprise::testing {

std::string CaseFind::Option(const std::string& name) {
  if (name == "regex") {
    query.regex = true;
  } else if (name == "match-case") {
    query.match_case = true;
  } else if (name == "fuzzy") {
    query.fuzzy = true;
  } else if (name == "either") {
    query.either_side = true;
  } else {
    return "find does not know " + name;
  }
  return "";
}

std::string CaseFind::Line(const std::string& verb, std::string_view text) {
  if (verb == "source") {
    query.source_text = text;
  } else if (verb == "target") {
    query.target_text = text;
  } else if (verb == "without") {
    query.target_excludes = text;
  } else if (verb == "hit") {
    hits.emplace_back(text);
  } else {
    return "\"" + verb + "\" is not known in a find";
  }
  return "";
}

std::string CheckFind(const CaseFind& expected, const ConcordanceResult& got) {
  std::vector<std::string> hits;
  for (const ConcordanceHit& hit : got.hits) {
    hits.push_back(Bracketed(hit.source.text, hit.source_ranges));
    for (const ConcordanceTarget& target : hit.targets) {
      hits.back() += " => " + Bracketed(target.variant.content.text, target.ranges);
    }
  }
  if (hits == expected.hits) return "";
  std::string problem = "line " + std::to_string(expected.line) + ": hits are\n";
  for (const std::string& hit : hits) problem += "  hit " + hit + "\n";
  return problem;
}

std::string Bracketed(const std::string& text, const std::vector<TextRange>& ranges) {
  std::string out;
  uint32_t point = 0;
  auto brackets = [&] {
    for (const TextRange& range : ranges) {
      if (range.end == point) out += "]";
      if (range.begin == point) out += "[";
    }
  };
  for (size_t i = 0; i < text.size(); ++point) {
    brackets();
    const size_t begin = i;
    NextCodePoint(text, &i);
    out.append(text, begin, i - begin);
  }
  brackets();
  return out;
}

}  // namespace reprise::testing
